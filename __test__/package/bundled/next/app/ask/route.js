import { ChatBedrockConverse } from "@langchain/aws";

export const dynamic = "force-dynamic";

export async function GET() {
  const model = new ChatBedrockConverse(JSON.parse(process.env.CONNECTION));
  return Response.json((await model.invoke("Hello")).text);
}
