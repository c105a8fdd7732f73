/** Finds the sentence that is nearest to a question. */
import { BedrockEmbeddings } from "langchain-aws-native";

const sentences = ["Bedrock runs models.", "The sky is blue.", "A cat sleeps."];
const embeddings = new BedrockEmbeddings({ model: "amazon.titan-embed-text-v2:0", dimensions: 512 });
const vectors = await embeddings.embedDocuments(sentences);
const question = await embeddings.embedQuery("Bedrock runs models.");

// Vectors of Titan v2 have the length 1, so the product of two is the cosine of the angle between them.
const similarities = vectors.map((vector) => vector.reduce((sum, number, index) => sum + number * (question[index] ?? 0), 0));
const best = similarities.indexOf(Math.max(...similarities));
console.log(`${sentences[best]} (similarity ${similarities[best]?.toFixed(3)})`);
