import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ISSUED } from "./servers/credential_services.js";

/** The lines of a profile that has the credentials of `ISSUED`. */
export const ISSUED_KEYS = `aws_access_key_id = ${ISSUED.accessKeyId}\naws_secret_access_key = ${ISSUED.secretAccessKey}\naws_session_token = ${ISSUED.sessionToken}\n`;

/** A new folder, and how to write a file there. */
export function temporaryFolder(prefix: string): { folder: string; file: (name: string, content: string) => string } {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return { folder, file };
}
