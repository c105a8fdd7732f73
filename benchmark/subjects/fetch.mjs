/** What the global `fetch` costs: keep-alive and `JSON.parse`, without LangChain, signature and retries. */
export function connect(scenario, { ports }) {
  const url = `http://127.0.0.1:${ports.plain}/model/anthropic.claude-${scenario}/converse`;
  const headers = { "content-type": "application/json" };
  return {
    async invoke(text) {
      const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ messages: [{ role: "user", content: [{ text }] }] }) });
      return (await response.json()).output.message;
    },
  };
}
