import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/** A private key and its certificate, as PEM. */
export interface Certified {
  key: string | Buffer;
  cert: string | Buffer;
}

const DAY_MS = 24 * 60 * 60_000;
const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, utcTime: 0x17, sequence: 0x30, set: 0x31 };

/** Object identifiers, in DER. */
const OID = {
  ecdsaWithSha256: "2a8648ce3d040302",
  commonName: "550403",
  subjectKeyIdentifier: "551d0e",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  authorityKeyIdentifier: "551d23",
} as const;

/**
 * A certificate for 127.0.0.1 and localhost, valid for a year, and the certificate of the authority that signed it, which clients have to trust. The
 * authority's key is not kept. (A self-signed server certificate is accepted by some clients, but not by those on rustls.)
 *
 * Node.js can read certificates but not create them; these are encoded by hand in X.509 (RFC 5280).
 */
export function madeUpCertificate(now: Date = new Date()): { key: string; cert: string; authority: string } {
  const authority = newParty("langchain-aws-native mock authority");
  const server = newParty("langchain-aws-native mock");
  return {
    key: String(server.privateKey.export({ type: "pkcs8", format: "pem" })),
    cert: certificateOf(server, authority, now, extension("subjectAltName", SERVER_NAMES)),
    authority: certificateOf(authority, authority, now, extension("basicConstraints", sequence(TRUE))),
  };
}

interface Party {
  name: Buffer;
  privateKey: KeyObject;
  publicKeyInfo: Buffer;
}

function newParty(name: string): Party {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    name: sequence(der(TAG.set, sequence(oid("commonName"), der(TAG.utf8, Buffer.from(name))))),
    privateKey,
    publicKeyInfo: publicKey.export({ type: "spki", format: "der" }),
  };
}

function certificateOf({ name, publicKeyInfo }: Party, issuer: Party, now: Date, ...extensions: Buffer[]): string {
  const algorithm = sequence(oid("ecdsaWithSha256"));
  const validity = sequence(utcTime(new Date(now.getTime() - DAY_MS)), utcTime(new Date(now.getTime() + 365 * DAY_MS)));
  const serial = der(TAG.integer, Buffer.concat([Buffer.from([1]), createHash("sha256").update(publicKeyInfo).digest().subarray(0, 8)]));
  const version3 = context(0, der(TAG.integer, Buffer.from([2])));
  const keyIds = [extension("subjectKeyIdentifier", der(TAG.octets, keyId(publicKeyInfo))), extension("authorityKeyIdentifier", sequence(der(0x80, keyId(issuer.publicKeyInfo))))];
  const all = context(3, sequence(...extensions, ...keyIds));
  const body = sequence(version3, serial, algorithm, issuer.name, validity, name, publicKeyInfo, all);
  return pem("CERTIFICATE", sequence(body, algorithm, bits(sign("sha256", body, issuer.privateKey))));
}

/** Only the basic constraints (whether it is an authority) are critical. */
function extension(name: "basicConstraints" | "subjectAltName" | "subjectKeyIdentifier" | "authorityKeyIdentifier", value: Buffer): Buffer {
  return sequence(oid(name), ...(name === "basicConstraints" ? [TRUE] : []), der(TAG.octets, value));
}

function keyId(publicKeyInfo: Buffer): Buffer {
  return createHash("sha1").update(publicKeyInfo).digest();
}

function oid(name: keyof typeof OID): Buffer {
  return der(TAG.oid, Buffer.from(OID[name], "hex"));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(TAG.sequence, Buffer.concat(parts));
}

function context(number: number, inner: Buffer): Buffer {
  return der(0xa0 | number, inner);
}

function bits(bytes: Buffer): Buffer {
  return der(TAG.bits, Buffer.concat([Buffer.from([0]), bytes]));
}

/** 261122141000Z */
function utcTime(date: Date): Buffer {
  return der(TAG.utcTime, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`));
}

/** A value with its tag and its length, which takes one byte below 128. */
function der(tag: number, value: Buffer): Buffer {
  const size: number[] = [];
  for (let rest = value.length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  const length = value.length < 128 ? [value.length] : [0x80 | size.length, ...size];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

function pem(label: string, bytes: Buffer): string {
  return `-----BEGIN ${label}-----\n${bytes.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
}

const TRUE: Buffer = der(TAG.boolean, Buffer.from([0xff]));
const SERVER_NAMES: Buffer = sequence(der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1])));
