/** As AWS's SDKs encode a label of a path, `/` included. */
export function encodeLabel(label: string): string {
  return encodeURIComponent(label).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
