/** One frame of `application/vnd.amazon.eventstream`, read. */
export interface Frame {
  /** Those whose values are strings: Bedrock sends no others. */
  headers: Record<string, string>;
  payload: Buffer;
}

/** The frame's length, the headers' length, and their checksum. */
const PRELUDE_LENGTH = 12;
const CHECKSUM_LENGTH = 4;
const STRING_HEADER = 7;

/** Cuts bytes, as they arrive, into frames. Checksums are left to the client that the bytes are for. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete with these bytes. */
  read(bytes: Buffer): Frame[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    while (this.#rest.length >= PRELUDE_LENGTH) {
      const length = this.#rest.readUInt32BE(0);
      if (length <= PRELUDE_LENGTH || this.#rest.length < length) break;
      frames.push(readFrame(this.#rest.subarray(0, length)));
      this.#rest = this.#rest.subarray(length);
    }
    return frames;
  }

  /** Whether nothing of an unfinished frame is left. */
  get isComplete(): boolean {
    return this.#rest.length === 0;
  }
}

function readFrame(frame: Buffer): Frame {
  const end = PRELUDE_LENGTH + frame.readUInt32BE(4);
  const headers: Record<string, string> = {};
  for (let at = PRELUDE_LENGTH; at < end; ) {
    const nameEnd = at + 1 + frame.readUInt8(at);
    if (frame.readUInt8(nameEnd) !== STRING_HEADER) break;
    const valueEnd = nameEnd + 3 + frame.readUInt16BE(nameEnd + 1);
    headers[frame.toString("utf8", at + 1, nameEnd)] = frame.toString("utf8", nameEnd + 3, valueEnd);
    at = valueEnd;
  }
  return { headers, payload: frame.subarray(end, frame.length - CHECKSUM_LENGTH) };
}
