/** Free JSON, as model-specific fields and tool schemas are: what AWS's API models call a document. */
export type DocumentType = null | boolean | number | string | DocumentType[] | { [member: string]: DocumentType };
