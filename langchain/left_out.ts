/**
 * What `@langchain/aws` has beside its chat model. Under its alias a program may import these names, for itself or in a library, and must
 * not fail at that; where one is used, it is told where to get it.
 */
abstract class LeftOut {
  constructor(..._noneWillDo: never[]) {
    const { name } = new.target;
    throw new Error(
      `${name} is not part of langchain-aws-native, which has the chat model only. Install LangChain's package under another name (npm install langchain-aws@npm:@langchain/aws) and import ${name} from "langchain-aws".`,
    );
  }
}

/** @deprecated Not part of this package: constructing one throws an `Error` that says where to get it. */
export class BedrockEmbeddings extends LeftOut {}

/** @deprecated Not part of this package: constructing one throws an `Error` that says where to get it. */
export class AmazonKnowledgeBaseRetriever extends LeftOut {}

/** @deprecated Not part of this package: constructing one throws an `Error` that says where to get it. */
export class AmazonKendraRetriever extends LeftOut {}
