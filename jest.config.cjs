/** Tests load the built package by its own name, as a user would; only tests of single modules load sources. */
module.exports = {
  testEnvironment: "node",
  // Jest's 5 seconds are not enough for many connections on a machine that is busy with something else.
  testTimeout: 30_000,
  testMatch: ["<rootDir>/__test__/**/*.test.ts"],
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } }] },
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  modulePathIgnorePatterns: ["<rootDir>/target/", "<rootDir>/dist/"],
};
