/** A company's proxy: an agent in a handler, which both packages take as `clientOptions.requestHandler`. */
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { HttpsProxyAgent } from "https-proxy-agent";

export default async function run({ ChatBedrockConverse }, { region, credentials, endpoint, proxy }) {
  const httpsAgent = new HttpsProxyAgent(proxy);
  const model = new ChatBedrockConverse({ region, credentials, endpointHost: new URL(endpoint).host, clientOptions: { requestHandler: new NodeHttpHandler({ httpsAgent }) } });
  return (await model.invoke("Hello")).content;
}
