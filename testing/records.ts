import { randomUUID } from "node:crypto";
import { checkRequest } from "./checks/index.js";
import { prepareDelivery } from "./delivery.js";
import type { RecordOutcome } from "./jobs.js";
import type { Answer, BedrockRequest, RequestBody } from "./types.js";

/** What a job makes of a record: the body of the answer that Converse would give, or its error. A fault of the connection is one of the model's. */
export async function answerRecord(modelId: string, body: RequestBody, isStrict: boolean, nextAnswer: () => Answer): Promise<RecordOutcome> {
  const request = requestOf(modelId, body);
  const refusal = isStrict ? checkRequest(request) : undefined;
  if (refusal !== undefined) return failed(refusal.status, refusal.message);
  const delivery = await prepareDelivery(nextAnswer(), request);
  if (delivery.kind === "error") return failed(delivery.status, delivery.message);
  if (delivery.kind !== "message" || delivery.ending !== "complete") return failed(500, "The model could not answer.");
  const { response } = delivery;
  return "output" in response ? { modelOutput: response } : failed((response as { status: number }).status, (response as { message: string }).message);
}

function failed(errorCode: number, errorMessage: string): RecordOutcome {
  return { error: { errorCode, errorMessage } };
}

/** The request of Converse that a record stands for. */
function requestOf(modelId: string, body: RequestBody): BedrockRequest {
  const url = `/model/${encodeURIComponent(modelId)}/converse`;
  const response = { status: undefined, requestId: randomUUID() };
  return { operation: "converse", modelId, method: "POST", url, headers: {}, rawBody: Buffer.from(JSON.stringify(body)), body, response, aborted: false, closed: Promise.resolve() };
}
