/** What can be wrong with the files of a TLS listener. */
export const TLS_FILES_ERRORS = {
  TLS_FILE_UNREADABLE: 'the file cannot be read',
  TLS_CERTIFICATE_INVALID: 'the file holds no certificate in PEM form',
  TLS_CERTIFICATE_EXPIRED: 'the certificate has expired',
  TLS_CERTIFICATE_NOT_YET_VALID: 'the certificate is not valid yet',
  TLS_KEY_INVALID: 'the file holds no private key in PEM form, or its password is wrong',
  TLS_KEY_MISMATCH: 'the private key does not belong to the certificate',
  TLS_CA_MISSING: 'verify_peer needs a file of CA certificates',
  TLS_CA_INVALID: 'the file holds no CA certificate in PEM form',
  TLS_CRL_INVALID: 'the file holds no revocation list in PEM form',
  TLS_SETTINGS_INVALID: 'OpenSSL refuses the settings',
} as const;

/** Stable name of an error of the files of a TLS listener. */
export type TlsFilesErrorCode = keyof typeof TLS_FILES_ERRORS;

/** Certificates, keys or settings of a TLS listener cannot be used. Messages name files, never what is in them. */
export class TlsFilesError extends Error {
  override readonly name = 'TlsFilesError';
  readonly code: TlsFilesErrorCode;
  /** The file it is about, '' when it is about several. */
  readonly file: string;

  constructor(code: TlsFilesErrorCode, file: string, cause?: unknown) {
    super(file === '' ? TLS_FILES_ERRORS[code] : `${file}: ${TLS_FILES_ERRORS[code]}`, { cause });
    this.code = code;
    this.file = file;
  }
}
