/** Debian's browser; undefined when there is none. */
export function chromiumPath(): string | undefined;
/** True when curl, and a shell for its lines, are present. */
export function hasCurl(): boolean;
/** True when both Mosquitto command line clients are present. */
export function hasMosquittoClients(): boolean;
/** A Python that has the Paho client; undefined when there is none. */
export function pahoPython(): string | undefined;
/** What the end-to-end tests have to leave out on this machine. */
export function missingClients(): { what: string; debianPackage: string }[];
