/**
 * A class of `@langchain/aws` that this package does not have. Under that package's alias a program or a library may import the name, which
 * must work; constructing one throws an error that says where to get it.
 */
abstract class NotIncluded {
  constructor(..._arguments: never[]) {
    const { name } = new.target;
    throw new Error(
      `${name} is not part of langchain-aws-native, which has the chat model and the embeddings. Install LangChain's package under another name (npm install langchain-aws@npm:@langchain/aws) and import ${name} from "langchain-aws".`,
    );
  }
}

/** @deprecated Not part of this package: constructing one throws an `Error` that says where to get it. */
export class AmazonKnowledgeBaseRetriever extends NotIncluded {}

/** @deprecated Not part of this package: constructing one throws an `Error` that says where to get it. */
export class AmazonKendraRetriever extends NotIncluded {}
