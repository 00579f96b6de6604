/** The MQTT 5.0 reason codes that Access answers with; the core turns them into return codes for 3.x. */
export const Reason = {
  Success: 0x00,
  ImplementationSpecificError: 0x83,
  BadUserNameOrPassword: 0x86,
  NotAuthorized: 0x87,
  ServerUnavailable: 0x88,
  ServerBusy: 0x89,
} as const;

/** A reason code of the table above. */
export type Reason = (typeof Reason)[keyof typeof Reason];
