export default { serverExternalPackages: ["@langchain/aws", "@langchain/core"] };
