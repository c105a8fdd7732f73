const { bedrockMatchers } = require("langchain-aws-native/testing");

expect.extend(bedrockMatchers);
