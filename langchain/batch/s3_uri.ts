/** An object, or a folder of objects, in S3. */
export interface Location {
  bucket: string;
  /** Of a folder it ends with a slash, or is empty. */
  key: string;
}

/** Whether a place is in S3, and not a file. */
export function isS3(place: string): boolean {
  return place.startsWith("s3://");
}

/** The object of a URI. */
export function readUri(uri: string): Location {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  return { bucket, key };
}

/** The folder of a URI, with or without a slash at its end. */
export function readFolder(uri: string): Location {
  const { bucket, key } = readUri(uri);
  return { bucket, key: key === "" || key.endsWith("/") ? key : `${key}/` };
}

export function uriOf({ bucket, key }: Location): string {
  return `s3://${bucket}/${key}`;
}
