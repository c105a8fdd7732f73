/**
 * Loads AWS's JavaScript client, reached as `#aws-client`. CommonJS and not compiled, so that bundlers and test runners follow the same `require`s as
 * Node.js, and the application and this package have one copy of it.
 */
"use strict";

/** The module. It is an optional peer dependency: where it is missing, the error says what to install. */
exports.load = function load() {
  try {
    return require("@aws-sdk/client-bedrock-runtime");
  } catch (error) {
    if (error?.code !== "MODULE_NOT_FOUND" || !String(error.message).includes("@aws-sdk/client-bedrock-runtime")) throw error;
    const sentence =
      "langchain-aws-native sends by AWS's JavaScript client where `client`, or an option that only that client has, asks for it, but the package @aws-sdk/client-bedrock-runtime is not installed. Run: npm install @aws-sdk/client-bedrock-runtime";
    throw Object.assign(new Error(sentence, { cause: error }), { code: error.code });
  }
};

/** The module's path; empty if it is not installed. */
let path;

/** The module if something has loaded it already; loads nothing. */
exports.findLoaded = function findLoaded() {
  path ??= resolve();
  return path === "" ? undefined : require.cache?.[path]?.exports;
};

function resolve() {
  try {
    return require.resolve("@aws-sdk/client-bedrock-runtime");
  } catch {
    return "";
  }
}
