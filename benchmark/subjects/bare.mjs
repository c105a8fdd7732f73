/** What Node.js's own `node:http` costs: keep-alive and `JSON.parse`, without LangChain, signature and retries. */
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

export function connect(scenario, { ports }) {
  const path = `/model/anthropic.claude-${scenario}/converse`;
  const options = { host: "127.0.0.1", port: ports.plain, path, method: "POST", agent, headers: { "content-type": "application/json" } };
  return { invoke: (text) => ask(options, JSON.stringify({ messages: [{ role: "user", content: [{ text }] }] })) };
}

function ask(options, body) {
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece) => (text += piece));
      response.on("end", () => resolve(JSON.parse(text).output.message));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
