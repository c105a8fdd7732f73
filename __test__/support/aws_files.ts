import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
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

/**
 * A home folder in `folder` with a login to AWS SSO, and the variables that lead there. The token `old` has expired, and can be renewed; every other one
 * is good.
 */
export function ssoLogin(folder: string, accessToken: string): Record<string, string> {
  const home = mkdtempSync(join(folder, "home-"));
  const [session, startUrl, cache] = ["work", "https://example.com/start", join(home, ".aws", "sso", "cache")];
  const inHours = (hours: number): string => `${new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 19)}Z`;
  const registration = { clientId: "made-up", clientSecret: "made-up", registrationExpiresAt: inHours(24), refreshToken: "made-up" };
  const token = { accessToken, expiresAt: inHours(accessToken === "old" ? -1 : 1), region: "us-east-1", startUrl, ...registration };
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, `${createHash("sha1").update(session).digest("hex")}.json`), JSON.stringify(token));
  const config = join(home, ".aws", "config");
  writeFileSync(
    config,
    `[default]\nsso_session = ${session}\nsso_account_id = 123456789012\nsso_role_name = Reader\n[sso-session ${session}]\nsso_region = us-east-1\nsso_start_url = ${startUrl}\n`,
  );
  return { HOME: home, AWS_CONFIG_FILE: config };
}
