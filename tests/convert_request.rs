//! LangChain messages and options in, Converse request bodies out: one table a kind of case, read by people as much as by the compiler.

use langchain_aws_native::convert::request::{Attachment, convert_to_converse_request};
use langchain_aws_native::models::Refusals;
use serde_json::{Value, json};

/// Name, messages for a Claude model, the whole body.
const MESSAGES: &[(&str, &str, &str)] = &[
    (
        "text keeps its escapes",
        r#"[{"type":"human","content":"line\n\"quoted\"   é \u0001"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"line\n\"quoted\"   é \u0001"}]}]}"#,
    ),
    (
        "a lone surrogate is carried as it is written",
        r#"[{"type":"human","content":"\ud800"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"\ud800"}]}]}"#,
    ),
    (
        "texts in a list",
        r#"[{"type":"human","content":["a",{"type":"text","text":"b"},{"text":"c"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"},{"text":"b"},{"text":"c"}]}]}"#,
    ),
    (
        "blank texts are left out",
        r#"[{"type":"human","content":[{"type":"text","text":""},{"type":"text","text":" \n "},""," ",{"type":"text","text":"t"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"}]}]}"#,
    ),
    (
        "ChatMessage roles",
        r#"[{"type":"generic","role":"user","content":"a"},{"type":"generic","role":"assistant","content":"b"},{"type":"generic","role":"human","content":"c"},{"type":"generic","role":"ai","content":"d"},{"type":"generic","role":"system","content":"s"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"b"}]},{"role":"user","content":[{"text":"c"}]},{"role":"assistant","content":[{"text":"d"}]},{"role":"user","content":[{"text":"z"}]}],"system":[{"text":"s"}]}"#,
    ),
    (
        "image_url as a string",
        r#"[{"type":"human","content":[{"type":"image_url","image_url":"data:image/png;base64,iVBORw0KGgoAAAAN"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}}]}]}"#,
    ),
    (
        "image_url as an object",
        r#"[{"type":"human","content":[{"type":"image_url","image_url":{"url":"data:image/jpg;base64,/9j/4AAQSkZJRgAB","detail":"low"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"jpeg","source":{"bytes":"/9j/4AAQSkZJRgAB"}}}]}]}"#,
    ),
    (
        "image_url that is bare base64",
        r#"[{"type":"human","content":[{"type":"image_url","image_url":"iVBORw0KGgoAAAAN"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}}]}]}"#,
    ),
    (
        "image_url in S3",
        r#"[{"type":"human","content":[{"type":"image_url","image_url":{"url":"s3://bucket/cat.webp"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"webp","source":{"s3Location":{"uri":"s3://bucket/cat.webp"}}}}]}]}"#,
    ),
    (
        "v0 image, url",
        r#"[{"type":"human","content":[{"type":"image","source_type":"url","url":"data:image/png;base64,iVBORw0KGgoAAAAN"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}}]}]}"#,
    ),
    (
        "v0 image, base64",
        r#"[{"type":"human","content":[{"type":"image","source_type":"base64","mime_type":"image/pjpeg","data":"/9j/4AAQSkZJRgAB"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"jpeg","source":{"bytes":"/9j/4AAQSkZJRgAB"}}}]}]}"#,
    ),
    (
        "v0 image, base64 without a MIME type",
        r#"[{"type":"human","content":[{"type":"image","source_type":"base64","data":"R0lGODlhAQABAAAA"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"gif","source":{"bytes":"R0lGODlhAQABAAAA"}}}]}]}"#,
    ),
    (
        "v0 image, id",
        r#"[{"type":"human","content":[{"type":"image","source_type":"id","mime_type":"image/png","id":"s3://bucket/key"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"s3Location":{"uri":"s3://bucket/key"}}}}]}]}"#,
    ),
    (
        "v1 image, data",
        r#"[{"type":"human","content":[{"type":"image","mimeType":"image/png","data":"iVBORw0KGgoAAAAN"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}}]}]}"#,
    ),
    (
        "v1 image, data with an unknown MIME type",
        r#"[{"type":"human","content":[{"type":"image","mimeType":"application/octet-stream","data":"UklGRiQAAABXRUJQVlA4"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"webp","source":{"bytes":"UklGRiQAAABXRUJQVlA4"}}}]}]}"#,
    ),
    (
        "v1 image, data URL",
        r#"[{"type":"human","content":[{"type":"image","url":"data:image/webp;charset=x;base64,UklGRiQAAABXRUJQVlA4"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"webp","source":{"bytes":"UklGRiQAAABXRUJQVlA4"}}}]}]}"#,
    ),
    (
        "v1 image, fileId",
        r#"[{"type":"human","content":[{"type":"image","fileId":"s3://bucket/a.gif"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"gif","source":{"s3Location":{"uri":"s3://bucket/a.gif"}}}}]}]}"#,
    ),
    (
        "v1 image, Buffer after JSON",
        r#"[{"type":"human","content":[{"type":"image","mimeType":"image/png","data":{"type":"Buffer","data":[137,80]}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVA="}}}]}]}"#,
    ),
    (
        "v1 image, Uint8Array after JSON",
        r#"[{"type":"human","content":[{"type":"image","mimeType":"image/png","data":{"0":137,"1":80}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVA="}}}]}]}"#,
    ),
    (
        "Anthropic image, base64",
        r#"[{"type":"human","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgoAAAAN"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}}]}]}"#,
    ),
    (
        "Anthropic image, url",
        r#"[{"type":"human","content":[{"type":"image","source":{"type":"url","url":"data:image/png;base64,iVBORw0KGgoAAAAN"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}}]}]}"#,
    ),
    (
        "Anthropic image, file",
        r#"[{"type":"human","content":[{"type":"image","source":{"type":"file","file_id":"s3://bucket/a.png"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"s3Location":{"uri":"s3://bucket/a.png"}}}}]}]}"#,
    ),
    (
        "Bedrock image",
        r#"[{"type":"human","content":[{"type":"image","image":{"source":{"s3Location":{"bucketOwner":"1","uri":"s3://b/k"}},"format":"png"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"s3Location":{"uri":"s3://b/k","bucketOwner":"1"}}}}]}]}"#,
    ),
    (
        "Bedrock image, bare, base64 in bytes",
        r#"[{"type":"human","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}}]}]}"#,
    ),
    (
        "Bedrock image, bytes as an array",
        r#"[{"type":"human","content":[{"image":{"format":"png","source":{"bytes":[137,80]}}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVA="}}}]}]}"#,
    ),
    (
        "Bedrock image, unknown members last, nulls dropped",
        r#"[{"type":"human","content":[{"image":{"novel":{"b":1,"a":null},"error":null,"source":{"bytes":"iVBORw0KGgoAAAAN"},"format":"png"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"},"novel":{"b":1,"a":null}}}]}]}"#,
    ),
    (
        "base64 is repaired",
        r#"[{"type":"human","content":[{"type":"image","mimeType":"image/png","data":"iVBO\nRw0K\r\n"},{"type":"image","mimeType":"image/png","data":"-_-"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0K"}}},{"image":{"format":"png","source":{"bytes":"+/+="}}}]}]}"#,
    ),
    (
        "audio MIME types",
        r#"[{"type":"human","content":[{"type":"audio","mimeType":"audio/mpeg","data":"AAAA"},{"type":"audio","mimeType":"audio/x-wav","data":"AAAA"},{"type":"audio","mimeType":"audio/wave","data":"AAAA"},{"type":"audio","mimeType":"audio/mp3","data":"AAAA"},{"type":"audio","mimeType":"audio/x-m4a","data":"AAAA"},{"type":"audio","mimeType":"audio/flac; rate=1","data":"AAAA"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"audio":{"format":"mpeg","source":{"bytes":"AAAA"}}},{"audio":{"format":"wav","source":{"bytes":"AAAA"}}},{"audio":{"format":"wav","source":{"bytes":"AAAA"}}},{"audio":{"format":"mp3","source":{"bytes":"AAAA"}}},{"audio":{"format":"m4a","source":{"bytes":"AAAA"}}},{"audio":{"format":"flac","source":{"bytes":"AAAA"}}}]}]}"#,
    ),
    (
        "v0 audio",
        r#"[{"type":"human","content":[{"type":"audio","source_type":"base64","mime_type":"audio/ogg","data":"AAAA"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"audio":{"format":"ogg","source":{"bytes":"AAAA"}}}]}]}"#,
    ),
    (
        "OpenAI audio",
        r#"[{"type":"human","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"mp3"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"audio":{"format":"mp3","source":{"bytes":"AAAA"}}}]}]}"#,
    ),
    (
        "Bedrock audio",
        r#"[{"type":"human","content":[{"type":"audio","audio":{"format":"mp3","source":{"bytes":"AAAA"}}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"audio":{"format":"mp3","source":{"bytes":"AAAA"}}}]}]}"#,
    ),
    (
        "video MIME types",
        r#"[{"type":"human","content":[{"type":"video","mimeType":"video/quicktime","data":"AAAA"},{"type":"video","mimeType":"video/3gpp","data":"AAAA"},{"type":"video","mimeType":"video/x-matroska","data":"AAAA"},{"type":"video","mimeType":"video/x-flv","data":"AAAA"},{"type":"video","mimeType":"video/x-ms-wmv","data":"AAAA"},{"type":"video","mimeType":"video/mp4","data":"AAAA"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"video":{"format":"mov","source":{"bytes":"AAAA"}}},{"video":{"format":"three_gp","source":{"bytes":"AAAA"}}},{"video":{"format":"mkv","source":{"bytes":"AAAA"}}},{"video":{"format":"flv","source":{"bytes":"AAAA"}}},{"video":{"format":"wmv","source":{"bytes":"AAAA"}}},{"video":{"format":"mp4","source":{"bytes":"AAAA"}}}]}]}"#,
    ),
    (
        "v1 video in S3, format by ending",
        r#"[{"type":"human","content":[{"type":"video","fileId":"s3://bucket/film.MOV"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"video":{"format":"mov","source":{"s3Location":{"uri":"s3://bucket/film.MOV"}}}}]}]}"#,
    ),
    (
        "Bedrock video",
        r#"[{"type":"human","content":[{"type":"video","video":{"source":{"bytes":"AAAA"},"format":"mp4"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"video":{"format":"mp4","source":{"bytes":"AAAA"}}}]}]}"#,
    ),
    (
        "v0 file, base64",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","source_type":"base64","mime_type":"application/pdf; v=1","data":"JVBERi0xLjQ=","metadata":{"name":"report"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"report","source":{"bytes":"JVBERi0xLjQ="},"format":"pdf"}}]}]}"#,
    ),
    (
        "v0 file, text",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","source_type":"text","text":"hé","metadata":{"title":"notes"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"notes","source":{"bytes":"aMOp"},"format":"txt"}}]}]}"#,
    ),
    (
        "v0 file, url",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","source_type":"url","url":"data:text/csv;base64,YSxi","metadata":{"filename":"x.csv"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"x-csv","source":{"bytes":"YSxi"},"format":"csv"}}]}]}"#,
    ),
    (
        "v0 file with citations",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","source_type":"base64","mime_type":"application/pdf","data":"JVBERi0xLjQ=","metadata":{"name":"n","citations":{"enabled":true},"context":"c"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"n","source":{"bytes":"JVBERi0xLjQ="},"format":"pdf","context":"c","citations":{"enabled":true}}}]}]}"#,
    ),
    (
        "v1 file, format by name",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","data":"AAAA","metadata":{"filename":"table.xlsx"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"table-xlsx","source":{"bytes":"AAAA"},"format":"xlsx"}}]}]}"#,
    ),
    (
        "v1 file, format by its bytes",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","data":"JVBERi0xLjQ="}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"document-1","source":{"bytes":"JVBERi0xLjQ="},"format":"pdf"}}]}]}"#,
    ),
    (
        "v1 text-plain",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"text-plain","text":"hello","title":"t","context":"c"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"t","source":{"bytes":"aGVsbG8="},"format":"txt","context":"c"}}]}]}"#,
    ),
    (
        "v1 text-plain, data",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"text-plain","mimeType":"text/plain","data":"aGk="}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"document-1","source":{"bytes":"aGk="},"format":"txt"}}]}]}"#,
    ),
    (
        "OpenAI file",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0xLjQ="}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"a-pdf","source":{"bytes":"JVBERi0xLjQ="},"format":"pdf"}}]}]}"#,
    ),
    (
        "OpenAI file in S3",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","file":{"file_id":"s3://bucket/a.docx"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"document-1","source":{"s3Location":{"uri":"s3://bucket/a.docx"}},"format":"docx"}}]}]}"#,
    ),
    (
        "Anthropic document, base64",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQ="},"title":"My.Doc","context":"c","citations":{"enabled":true}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"My-Doc","source":{"bytes":"JVBERi0xLjQ="},"format":"pdf","context":"c","citations":{"enabled":true}}}]}]}"#,
    ),
    (
        "Anthropic document, text",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"hi"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"document-1","source":{"bytes":"aGk="},"format":"txt"}}]}]}"#,
    ),
    (
        "Anthropic document, content",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"document","source":{"type":"content","content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"document-1","source":{"content":[{"text":"x"},{"text":"y"}]},"format":"txt"}}]}]}"#,
    ),
    (
        "Bedrock document",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"document","document":{"citations":{"enabled":true},"context":"c","format":"pdf","source":{"bytes":"JVBERi0xLjQ="},"name":"n"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"n","source":{"bytes":"JVBERi0xLjQ="},"format":"pdf","context":"c","citations":{"enabled":true}}}]}]}"#,
    ),
    (
        "Bedrock document, other sources",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"document":{"name":"a","format":"txt","source":{"text":"x"}}},{"document":{"name":"b","source":{"content":[{"text":"x"}]}}},{"document":{"name":"c","format":"pdf","source":{"s3Location":{"uri":"s3://b/k"}}}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"a","source":{"text":"x"},"format":"txt"}},{"document":{"name":"b","source":{"content":[{"text":"x"}]}}},{"document":{"name":"c","source":{"s3Location":{"uri":"s3://b/k"}},"format":"pdf"}}]}]}"#,
    ),
    (
        "document names are legal, unique and made from the order",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"document":{"format":"pdf","name":"q3_report.final.pdf","source":{"text":"x"}}},{"document":{"format":"pdf","name":"q3_report.final.pdf","source":{"text":"x"}}},{"document":{"format":"pdf","name":"  two  spaces　here ","source":{"text":"x"}}},{"document":{"format":"pdf","name":"報告","source":{"text":"x"}}},{"document":{"format":"pdf","name":null,"source":{"text":"x"}}},{"document":{"format":"pdf","name":"[ok] (1)","source":{"text":"x"}}}]},{"type":"ai","content":"ok"},{"type":"human","content":[{"type":"text","text":"t"},{"document":{"format":"pdf","name":"q3-report-final-pdf","source":{"text":"x"}}},{"document":{"format":"pdf","source":{"text":"x"}}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"document":{"name":"q3-report-final-pdf","source":{"text":"x"},"format":"pdf"}},{"document":{"name":"q3-report-final-pdf (2)","source":{"text":"x"},"format":"pdf"}},{"document":{"name":"two spaces here","source":{"text":"x"},"format":"pdf"}},{"document":{"name":"document-1","source":{"text":"x"},"format":"pdf"}},{"document":{"name":"document-2","source":{"text":"x"},"format":"pdf"}},{"document":{"name":"[ok] (1)","source":{"text":"x"},"format":"pdf"}}]},{"role":"assistant","content":[{"text":"ok"}]},{"role":"user","content":[{"text":"t"},{"document":{"name":"q3-report-final-pdf (3)","source":{"text":"x"},"format":"pdf"}},{"document":{"name":"document-3","source":{"text":"x"},"format":"pdf"}}]}]}"#,
    ),
    (
        "a document without text gets some",
        r#"[{"type":"human","content":[{"type":"document","document":{"name":"n","format":"pdf","source":{"bytes":"JVBERi0xLjQ="}}},{"cachePoint":{"type":"default"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"document":{"name":"n","source":{"bytes":"JVBERi0xLjQ="},"format":"pdf"}},{"text":"."},{"cachePoint":{"type":"default"}}]}]}"#,
    ),
    (
        "guard content",
        r#"[{"type":"human","content":[{"type":"guard_content","guardContent":{"text":{"qualifiers":["query"],"text":"x"}}},{"guardContent":{"image":{"source":{"bytes":"iVBORw0KGgoAAAAN"},"format":"png"}}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"guardContent":{"text":{"text":"x","qualifiers":["query"]}}},{"guardContent":{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}}}]}]}"#,
    ),
    (
        "search results",
        r#"[{"type":"human","content":[{"type":"search_result","searchResult":{"content":[{"text":"x"}],"title":"t","source":"s"}},{"type":"search_result","title":"t","source":"s","content":[{"type":"text","text":"x"}],"citations":{"enabled":true}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"searchResult":{"source":"s","title":"t","content":[{"text":"x"}]}},{"searchResult":{"source":"s","title":"t","content":[{"text":"x"}],"citations":{"enabled":true}}}]}]}"#,
    ),
    (
        "cache points",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"cachePoint":{"ttl":"1h","type":"default"}},{"type":"text","text":"t"},{"type":"cache_point","cachePoint":{"type":"default"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"cachePoint":{"type":"default","ttl":"1h"}},{"text":"t"},{"cachePoint":{"type":"default"}}]}]}"#,
    ),
    (
        "cache_control markers",
        r#"[{"type":"human","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}},{"type":"text","text":"y","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"","cache_control":{"type":"ephemeral"}},{"type":"image","mimeType":"image/png","data":"iVBORw0KGgoAAAAN","cache_control":{"type":"ephemeral","ttl":"5m"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"x"},{"cachePoint":{"type":"default","ttl":"1h"}},{"text":"y"},{"cachePoint":{"type":"default","ttl":"1h"}},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}},{"cachePoint":{"type":"default"}}]}]}"#,
    ),
    (
        "unknown members of the union",
        r#"[{"type":"human","content":[{"type":"new_thing","newThing":{"b":[1.5,null],"a":"x"}},{"type":"weather","weather":"sunny"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"newThing":{"b":[1.5,null],"a":"x"}},{"weather":"sunny"}]}]}"#,
    ),
    (
        "non_standard",
        r#"[{"type":"human","content":[{"type":"non_standard","value":{"type":"guard_content","guardContent":{"text":{"text":"x"}}}},{"type":"non_standard","value":{"cachePoint":{"type":"default"}}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"guardContent":{"text":{"text":"x"}}},{"cachePoint":{"type":"default"}}]}]}"#,
    ),
    (
        "system text, hoisted",
        r#"[{"type":"system","content":"one"},{"type":"human","content":"a"},{"type":"ai","content":"b"},{"type":"system","content":[{"type":"text","text":"two","cache_control":{"type":"ephemeral"}},"three",{"guardContent":{"text":{"text":"g"}}},{"cachePoint":{"type":"default"}}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"b"}]},{"role":"user","content":[{"text":"z"}]}],"system":[{"text":"one"},{"text":"two"},{"cachePoint":{"type":"default"}},{"text":"three"},{"guardContent":{"text":{"text":"g"}}},{"cachePoint":{"type":"default"}}]}"#,
    ),
    (
        "empty system messages",
        r#"[{"type":"system","content":""},{"type":"system","content":[]},{"type":"system","content":[{"type":"text","text":" "}]},{"type":"human","content":"a"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]}]}"#,
    ),
    (
        "adding and removing tools needs the role system",
        r#"[{"type":"human","content":"a"},{"type":"system","content":[{"type":"tool_addition","toolAddition":{"tool":{"name":"get","type":"tool"}}},{"toolRemoval":{"tool":{"name":"put"}}}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"system","content":[{"toolAddition":{"tool":{"type":"tool","name":"get"}}},{"toolRemoval":{"tool":{"name":"put"}}}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "AI text",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"b"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"b"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "AI message without content",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"}]},{"type":"tool","tool_call_id":"1","content":"x"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"x"}]}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "white space joins the text before it",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"text","text":"b"},{"type":"text","text":"\n\n"},{"type":"text","text":""},{"type":"text","text":"c"}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"b\n\n"},{"text":"c"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "white space after reasoning is dropped",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"reasoning","reasoning":"r","signature":"s"},{"type":"text","text":"\n\n"},{"type":"text","text":"b"}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"r","signature":"s"}}},{"text":"b"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "empty AI messages are dropped",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":""},{"type":"ai","content":[{"type":"text","text":""}]},{"type":"ai","content":" "},{"type":"ai","content":[{"cachePoint":{"type":"default"}}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"},{"text":"z"}]}]}"#,
    ),
    (
        "signed reasoning",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"reasoning","reasoning":"r","signature":"s"},{"type":"thinking","thinking":"t","signature":"u"},{"type":"redacted_thinking","data":"aGk="},{"type":"reasoning_content","redactedContent":"eW8="},{"reasoningContent":{"reasoningText":{"signature":"w","text":"v"}}},{"type":"text","text":"t"}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"r","signature":"s"}}},{"reasoningContent":{"reasoningText":{"text":"t","signature":"u"}}},{"reasoningContent":{"redactedContent":"aGk="}},{"reasoningContent":{"redactedContent":"eW8="}},{"reasoningContent":{"reasoningText":{"text":"v","signature":"w"}}},{"text":"t"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "a signature without text",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"reasoning","reasoning":"","signature":"s"},{"type":"text","text":"t"}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"","signature":"s"}}},{"text":"t"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "a signature in a block of its own",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"reasoning","reasoning":"r","index":0},{"type":"reasoning","reasoning":"","signature":"s","index":0},{"type":"text","text":"t"}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"r","signature":"s"}}},{"text":"t"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "pieces of legacy reasoning",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"reasoning_content","reasoningText":{"text":"x"}},{"type":"reasoning_content","reasoningText":{"text":"y"}},{"type":"reasoning_content","reasoningText":{"signature":"sig"}},{"type":"reasoning_content","reasoningText":{"text":"p","signature":"q"}},{"type":"reasoning_content","redactedContent":"aGk="},{"type":"reasoning_content","redactedContent":"eW8="},{"type":"text","text":"t"}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"xy","signature":"sig"}}},{"reasoningContent":{"reasoningText":{"text":"p","signature":"q"}}},{"reasoningContent":{"redactedContent":"aGk="}},{"reasoningContent":{"redactedContent":"eW8="}},{"text":"t"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "a tool call stands where its block stands",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"tool_use","id":"1","name":"get","input":""},{"type":"input_json_delta","index":0,"input":"{}"},{"type":"text","text":"t"}],"tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"},{"name":"get","args":{"q":1},"id":"2","type":"tool_call"}]},{"type":"tool","tool_call_id":"1","content":"x"},{"type":"tool","tool_call_id":"2","content":"y"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}},{"text":"t"},{"toolUse":{"toolUseId":"2","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"x"}]}},{"toolResult":{"toolUseId":"2","content":[{"text":"y"}]}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "tool call dialects",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"tool_use","id":"1","name":"get","input":{"a":1}},{"type":"tool_call","id":"2","name":"get","args":{"a":2}},{"type":"function_call","id":"fc_3","call_id":"3","name":"get","arguments":"{\"a\": 3}"},{"type":"functionCall","functionCall":{"name":"get","args":{"a":4}}},{"toolUse":{"input":{"a":5},"name":"get","toolUseId":"5"}},{"type":"tool_use","id":"6","name":"get","input":"{\"half"},{"type":"tool_call_chunk","id":"7"},{"type":"invalid_tool_call","id":"8"}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"a":1}}},{"toolUse":{"toolUseId":"2","name":"get","input":{"a":2}}},{"toolUse":{"toolUseId":"3","name":"get","input":{"a": 3}}},{"toolUse":{"toolUseId":"tool_1","name":"get","input":{"a":4}}},{"toolUse":{"toolUseId":"5","name":"get","input":{"a":5}}}]},{"role":"user","content":[{"text":"z"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "tool call dialects beside tool_calls are not sent twice",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"tool_use","id":"1","name":"get","input":{}},{"type":"tool_call","id":"2","name":"get","args":{}},{"type":"function_call","id":"fc_3","call_id":"3","name":"get","arguments":"{}"},{"type":"functionCall","functionCall":{"name":"put","args":{}}},{"toolUse":{"input":{},"name":"get","toolUseId":"5"}}],"tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"},{"name":"get","args":{"q":1},"id":"2","type":"tool_call"},{"name":"get","args":{"q":1},"id":"3","type":"tool_call"},{"name":"put","args":{"q":1},"id":"4","type":"tool_call"},{"name":"get","args":{"q":1},"id":"5","type":"tool_call"}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}},{"toolUse":{"toolUseId":"2","name":"get","input":{"q":1}}},{"toolUse":{"toolUseId":"3","name":"get","input":{"q":1}}},{"toolUse":{"toolUseId":"4","name":"put","input":{"q":1}}},{"toolUse":{"toolUseId":"5","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"text":"z"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}},{"toolSpec":{"name":"put","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "tool call without arguments",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","id":"1"},{"name":"get","id":"2","args":""},{"name":"get","id":"3","args":"{\"a\":1}"}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{}}},{"toolUse":{"toolUseId":"2","name":"get","input":{}}},{"toolUse":{"toolUseId":"3","name":"get","input":{"a":1}}}]},{"role":"user","content":[{"text":"z"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "server tools",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"server_tool_use","toolUse":{"type":"server_tool_use","input":{"q":1},"name":"nova_grounding","toolUseId":"s"}},{"type":"tool_result","toolResult":{"type":"nova_grounding_result","status":"success","content":[{"newKind":{"x":1}},{"text":"r"},{"json":{"a":1}}],"toolUseId":"s"}},{"type":"text","text":"t"}],"model_provider":"bedrock-converse"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"s","name":"nova_grounding","input":{"q":1},"type":"server_tool_use"}},{"toolResult":{"toolUseId":"s","content":[{"newKind":{"x":1}},{"text":"r"},{"json":{"a":1}}],"status":"success","type":"nova_grounding_result"}},{"text":"t"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "standard server tools",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"server_tool_call","id":"s","name":"web","args":{"q":1}},{"type":"server_tool_call_result","toolCallId":"s","status":"success","output":{"a":1}},{"type":"server_tool_call_result","toolCallId":"t","status":"error","output":"no"},{"type":"server_tool_call_result","toolCallId":"u","status":"success","output":null},{"type":"text","text":"t"}],"model_provider":"bedrock-converse"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"s","name":"web","input":{"q":1},"type":"server_tool_use"}},{"toolResult":{"toolUseId":"s","content":[{"json":{"a":1}}]}},{"toolResult":{"toolUseId":"t","content":[{"text":"no"}],"status":"error"}},{"toolResult":{"toolUseId":"u","content":[{"text":"(no output)"}]}},{"text":"t"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "another provider's leftovers",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"s","content":[]},{"type":"web_search_call"},{"type":"refusal","refusal":"I will not."},{"type":"text","text":"t","annotations":[{"type":"citation","url":"https://x"}]}],"model_provider":"anthropic"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"I will not."},{"text":"t"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "citations",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"citations_content","citationsContent":{"citations":[{"location":{"documentChar":{"end":2,"start":1,"documentIndex":0}},"sourceContent":[{"text":"x"}],"title":"t"}],"content":[{"text":"y"}]}},{"type":"text","text":"z","annotations":[{"type":"citation","citedText":"c","source":"0","startIndex":1,"endIndex":2,"title":"t"},{"type":"citation","url":"https://x"},{"type":"other"}]},{"type":"text","text":"w","annotations":[]}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"citationsContent":{"content":[{"text":"y"}],"citations":[{"title":"t","sourceContent":[{"text":"x"}],"location":{"documentChar":{"documentIndex":0,"start":1,"end":2}}}]}},{"citationsContent":{"content":[{"text":"z"}],"citations":[{"title":"t","sourceContent":[{"text":"c"}],"location":{"documentChunk":{"documentIndex":0,"start":1,"end":2}}},{"location":{"web":{"url":"https://x"}}}]}},{"text":"w"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "whatever a model said can be sent back",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"audio","audio":{"format":"mp3","source":{"bytes":"AAAA"}}},{"type":"image","image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}},{"type":"video","video":{"format":"mp4","source":{"bytes":"AAAA"}}},{"type":"document","document":{"name":"n","format":"pdf","source":{"bytes":"JVBERi0xLjQ="}}},{"type":"search_result","searchResult":{"source":"s","title":"t","content":[]}},{"type":"guard_content","guardContent":{"text":{"text":"x"}}},{"type":"cache_point","cachePoint":{"type":"default"}},{"type":"future_block","futureBlock":[1]},{"type":"non_standard","value":{"type":"x","y":1}},{"type":"non_standard","value":5}],"model_provider":"bedrock-converse"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"audio":{"format":"mp3","source":{"bytes":"AAAA"}}},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}},{"video":{"format":"mp4","source":{"bytes":"AAAA"}}},{"document":{"name":"n","source":{"bytes":"JVBERi0xLjQ="},"format":"pdf"}},{"searchResult":{"source":"s","title":"t","content":[]}},{"guardContent":{"text":{"text":"x"}}},{"cachePoint":{"type":"default"}},{"futureBlock":[1]},{"type":"x","y":1},5]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "v1 message",
        r#"[{"type":"human","content":"a"},{"type":"ai","output_version":"v1","model_provider":"bedrock-converse","content":[{"type":"reasoning","reasoning":"r","signature":"s"},{"type":"text","text":"t"},{"type":"tool_call","id":"1","name":"get","args":{"q":1}},{"type":"non_standard","value":{"type":"cache_point","cachePoint":{"type":"default"}}},{"type":"file","id":"rep","mimeType":"application/pdf","data":"JVBERi0xLjQ="}],"tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"}]},{"type":"tool","tool_call_id":"1","content":"x"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"r","signature":"s"}}},{"text":"t"},{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}},{"cachePoint":{"type":"default"}},{"document":{"name":"rep","source":{"bytes":"JVBERi0xLjQ="},"format":"pdf"}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"x"}]}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "prefill is trimmed",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"text","text":"t"},{"type":"text","text":"Answer: \n"}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"t"},{"text":"Answer:"}]}]}"#,
    ),
    (
        "only the last answer is trimmed",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"b "},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"b "}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "tool results, parallel",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"},{"name":"get","args":{"q":1},"id":"2","type":"tool_call"}]},{"type":"tool","tool_call_id":"1","content":"x","status":"success"},{"type":"tool","tool_call_id":"2","content":"y","status":"error"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}},{"toolUse":{"toolUseId":"2","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"x"}]}},{"toolResult":{"toolUseId":"2","content":[{"text":"y"}],"status":"error"}},{"text":"z"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "tool results come first",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"}]},{"type":"human","content":"z"},{"type":"tool","tool_call_id":"1","content":[{"type":"text","text":"x"},{"cachePoint":{"type":"default"}}]},{"type":"human","content":"w"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"x"}]}},{"cachePoint":{"type":"default"}},{"text":"z"},{"text":"w"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "tool without output",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"},{"name":"get","args":{"q":1},"id":"2","type":"tool_call"},{"name":"get","args":{"q":1},"id":"3","type":"tool_call"}]},{"type":"tool","tool_call_id":"1","content":""},{"type":"tool","tool_call_id":"2","content":[]},{"type":"tool","tool_call_id":"3","content":[{"type":"text","text":" "},{"cachePoint":{"type":"default"}}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}},{"toolUse":{"toolUseId":"2","name":"get","input":{"q":1}}},{"toolUse":{"toolUseId":"3","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"(no output)"}]}},{"toolResult":{"toolUseId":"2","content":[{"text":"(no output)"}]}},{"toolResult":{"toolUseId":"3","content":[{"text":"(no output)"}]}},{"cachePoint":{"type":"default"}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "tool content",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"}]},{"type":"tool","content":["s",{"type":"text","text":"t"},{"text":"bare"},{"type":"json","json":{"a":1}},{"json":{"b":1}},{"c":1,"d":[1]},{"text":"data","score":1},{"type":"custom","x":1},[1,2],3,{"type":"text"}],"tool_call_id":"1"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"s"},{"text":"t"},{"text":"bare"},{"json":{"a":1}},{"json":{"b":1}},{"json":{"c":1,"d":[1]}},{"json":{"text":"data","score":1}},{"json":{"type":"custom","x":1}},{"text":"[1,2]"},{"text":"3"},{"json":{"type":"text"}}]}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "tool media",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"}]},{"type":"tool","content":[{"type":"image","mimeType":"image/png","data":"iVBORw0KGgoAAAAN"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAAN"}},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgoAAAAN"}},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}},{"type":"file","mimeType":"application/pdf","data":"JVBERi0xLjQ=","metadata":{"name":"a.b"}},{"type":"video","mimeType":"video/mp4","data":"AAAA"},{"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"x"}]}],"tool_call_id":"1"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAAN"}}},{"document":{"name":"a-b","source":{"bytes":"JVBERi0xLjQ="},"format":"pdf"}},{"video":{"format":"mp4","source":{"bytes":"AAAA"}}},{"searchResult":{"source":"s","title":"t","content":[{"text":"x"}]}}]}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "tool markers",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"}]},{"type":"tool","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}},{"type":"text","text":"y"}],"tool_call_id":"1"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"x"},{"text":"y"}]}},{"cachePoint":{"type":"default"}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "Anthropic tool_result in a human message",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"},{"name":"get","args":{"q":1},"id":"2","type":"tool_call"}]},{"type":"human","content":[{"type":"text","text":"t"},{"type":"tool_result","tool_use_id":"1","content":"x","is_error":true,"cache_control":{"type":"ephemeral"}},{"type":"tool_result","tool_use_id":"2","content":[{"type":"text","text":"y"}]}]}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}},{"toolUse":{"toolUseId":"2","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"x"}],"status":"error"}},{"cachePoint":{"type":"default"}},{"toolResult":{"toolUseId":"2","content":[{"text":"y"}]}},{"text":"t"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "tool ids are made legal",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{"q":1},"id":"a|b","type":"tool_call"},{"name":"get","args":{"q":1},"id":"a_b","type":"tool_call"},{"name":"get","args":{"q":1},"id":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","type":"tool_call"}]},{"type":"tool","tool_call_id":"a_b","content":"2"},{"type":"tool","tool_call_id":"a|b","content":"1"},{"type":"tool","tool_call_id":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","content":"3"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"a_b","name":"get","input":{"q":1}}},{"toolUse":{"toolUseId":"a_b_2","name":"get","input":{"q":1}}},{"toolUse":{"toolUseId":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"a_b_2","content":[{"text":"2"}]}},{"toolResult":{"toolUseId":"a_b","content":[{"text":"1"}]}},{"toolResult":{"toolUseId":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","content":[{"text":"3"}]}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "roles alternate",
        r#"[{"type":"human","content":"a"},{"type":"human","content":"z"},{"type":"ai","content":"b"},{"type":"ai","content":"c"},{"type":"system","content":"s"},{"type":"ai","content":"d"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"},{"text":"z"}]},{"role":"assistant","content":[{"text":"b"},{"text":"c"},{"text":"d"}]},{"role":"user","content":[{"text":"z"}]}],"system":[{"text":"s"}]}"#,
    ),
    (
        "citations that a text carries go back as they came",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"text","text":"x","annotations":[{"type":"citation","title":"t","source":"2"}],"citationsContent":{"content":[{"text":"x"}],"citations":[{"title":"t","novel":1,"location":{"documentPage":{"documentIndex":2,"start":3,"end":4}}}]}},{"type":"text","text":"y","annotations":[],"citationsContent":{"citations":[{"title":"t","novel":1,"location":{"documentPage":{"documentIndex":2,"start":3,"end":4}}}]}},{"type":"text","text":"","annotations":[],"citationsContent":{"citations":[{"title":"t","novel":1,"location":{"documentPage":{"documentIndex":2,"start":3,"end":4}}}]}}],"model_provider":"bedrock-converse"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"citationsContent":{"content":[{"text":"x"}],"citations":[{"title":"t","location":{"documentPage":{"documentIndex":2,"start":3,"end":4}},"novel":1}]}},{"citationsContent":{"content":[{"text":"y"}],"citations":[{"title":"t","location":{"documentPage":{"documentIndex":2,"start":3,"end":4}},"novel":1}]}},{"citationsContent":{"citations":[{"title":"t","location":{"documentPage":{"documentIndex":2,"start":3,"end":4}},"novel":1}]}}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "citations behind their text are one block with it",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"text","text":"w"},{"type":"text","text":"x","index":0},{"type":"citations_content","citationsContent":{"citations":[{"title":"t"}]}},{"type":"citations_content","citationsContent":{"citations":[{"title":"t"}]}},{"type":"reasoning","reasoning":"r","signature":"s"},{"type":"citations_content","citationsContent":{"citations":[{"title":"t"}]}}],"model_provider":"bedrock-converse"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"text":"w"},{"citationsContent":{"content":[{"text":"x"}],"citations":[{"title":"t"}]}},{"citationsContent":{"citations":[{"title":"t"}]}},{"reasoningContent":{"reasoningText":{"text":"r","signature":"s"}}},{"citationsContent":{"citations":[{"title":"t"}]}}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "an image that could not be made goes back as it came",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"image","image":{"format":"png","source":{"bytes":""},"error":{"message":"no"}}},{"type":"non_standard","value":{"type":"image","image":{"error":{"message":"no"},"source":{"bytes":{}},"format":"png"}}}],"model_provider":"bedrock-converse"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"image":{"format":"png","source":{"bytes":""},"error":{"message":"no"}}},{"image":{"format":"png","source":{"bytes":""},"error":{"message":"no"}}}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "redacted blocks are one only if they have one index",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"reasoning_content","redactedContent":"aGk="},{"type":"reasoning_content","redactedContent":"eW8="},{"type":"reasoning_content","redactedContent":"aGk=","index":0},{"type":"reasoning_content","redactedContent":"eW8=","index":0},{"type":"reasoning_content","redactedContent":"eW8=","index":1}]},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"reasoningContent":{"redactedContent":"aGk="}},{"reasoningContent":{"redactedContent":"eW8="}},{"reasoningContent":{"redactedContent":"aGl5bw=="}},{"reasoningContent":{"redactedContent":"eW8="}}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "Claude gets what Anthropic's own API signed",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"thinking","thinking":"t","signature":"u"},{"type":"redacted_thinking","data":"aGk="},{"type":"text","text":"t"}],"model_provider":"anthropic"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"t","signature":"u"}}},{"reasoningContent":{"redactedContent":"aGk="}},{"text":"t"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "reasoning that says more than a text goes back as it came",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"reasoning","reasoning":"r","signature":"s","reasoningContent":{"reasoningText":{"novel":1,"signature":"s","text":"r"}}}],"model_provider":"bedrock-converse"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"r","signature":"s","novel":1}}}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "unknown members of the union that are named like another dialect's blocks",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"thinking","thinking":{"x":1}},{"type":"web_search_call","webSearchCall":{"x":1}},{"type":"function_call","functionCall":{"name":"n"}}],"model_provider":"bedrock-converse"},{"type":"human","content":"z"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"thinking":{"x":1}},{"webSearchCall":{"x":1}},{"functionCall":{"name":"n"}}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "tool calls without an id get ids of their own, and their results with them",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"tool_use","id":"","name":"put","input":{}}],"tool_calls":[{"name":"get","args":{},"id":""},{"name":"put","args":{}},{"name":"get","args":{},"id":"tool_1"}]},{"type":"tool","content":"x","tool_call_id":""},{"type":"tool","content":"y"},{"type":"tool","content":"z","tool_call_id":"tool_1"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{}}]},{"type":"tool","content":"w"}]"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"tool_1","name":"put","input":{}}},{"toolUse":{"toolUseId":"tool_2","name":"get","input":{}}},{"toolUse":{"toolUseId":"tool_1_2","name":"get","input":{}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"tool_1","content":[{"text":"x"}]}},{"toolResult":{"toolUseId":"tool_2","content":[{"text":"y"}]}},{"toolResult":{"toolUseId":"tool_1_2","content":[{"text":"z"}]}}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"tool_3","name":"get","input":{}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"tool_3","content":[{"text":"w"}]}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"put","inputSchema":{"json":{"type":"object"}}}},{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
];

/// Name, request, the whole body.
const REQUESTS: &[(&str, &str, &str)] = &[
    (
        "members come in the API's order",
        r#"{"modelId":"anthropic.claude-sonnet-4-5","outputConfig":{"effort":"high","textFormat":{"structure":{"jsonSchema":{"name":"n","schema":"{}"}},"type":"json_schema"}},"serviceTier":{"type":"flex"},"performanceConfig":{"latency":"optimized"},"requestMetadata":{"b":"1","a":"2"},"additionalModelResponseFieldPaths":["/a"],"promptVariables":{"v":{"text":"x"}},"additionalModelRequestFields":{"z":1.5,"a":{"n":null}},"guardrailConfig":{"streamProcessingMode":"async","trace":"enabled","guardrailVersion":"1","guardrailIdentifier":"g"},"toolConfig":{"toolChoice":{"tool":{"name":"get"}},"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}},"strict":true,"description":"d"}}]},"inferenceConfig":{"stopSequences":["x"],"topP":null,"temperature":0.5,"maxTokens":10},"novelOption":{"x":1},"messages":[{"type":"system","content":"s"},{"type":"human","content":"a"}]}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]}],"system":[{"text":"s"}],"inferenceConfig":{"maxTokens":10,"temperature":0.5,"stopSequences":["x"]},"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}},"description":"d","strict":true}}],"toolChoice":{"tool":{"name":"get"}}},"guardrailConfig":{"guardrailIdentifier":"g","guardrailVersion":"1","trace":"enabled","streamProcessingMode":"async"},"additionalModelRequestFields":{"z":1.5,"a":{"n":null}},"promptVariables":{"v":{"text":"x"}},"additionalModelResponseFieldPaths":["/a"],"requestMetadata":{"b":"1","a":"2"},"performanceConfig":{"latency":"optimized"},"serviceTier":{"type":"flex"},"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{}","name":"n"}}},"effort":"high"},"novelOption":{"x":1}}"#,
    ),
    (
        "tools",
        r##"{"modelId":"anthropic.claude-sonnet-4-5","messages":[{"type":"human","content":"a"}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}},"description":" "}},{"systemTool":{"name":"nova_grounding"}},{"cachePoint":{"type":"default"}},{"toolSpec":{"description":"d","name":"put","inputSchema":{"json":{"$ref":"#","b":1,"a":null}}}}],"toolChoice":{"any":{}}}}"##,
        r##"{"messages":[{"role":"user","content":[{"text":"a"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}},{"systemTool":{"name":"nova_grounding"}},{"cachePoint":{"type":"default"}},{"toolSpec":{"name":"put","inputSchema":{"json":{"$ref":"#","b":1,"a":null}},"description":"d"}}],"toolChoice":{"any":{}}}}"##,
    ),
    (
        "tool names are made legal everywhere",
        r#"{"modelId":"anthropic.claude-sonnet-4-5","messages":[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"mcp.get","args":{"q":1},"id":"1","type":"tool_call"},{"name":"old.tool","args":{"q":1},"id":"2","type":"tool_call"}]},{"type":"tool","tool_call_id":"1","content":"x"},{"type":"system","content":[{"toolRemoval":{"tool":{"name":"mcp.get"}}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"mcp.get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}},{"toolSpec":{"name":"mcp_get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}],"toolChoice":{"tool":{"name":"mcp.get"}}}}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"mcp_get_2","input":{"q":1}}},{"toolUse":{"toolUseId":"2","name":"old_tool","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"x"}]}}]},{"role":"system","content":[{"toolRemoval":{"tool":{"name":"mcp_get_2"}}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"mcp_get_2","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}},{"toolSpec":{"name":"mcp_get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}],"toolChoice":{"tool":{"name":"mcp_get_2"}}}}"#,
    ),
    (
        "a history with tools needs tools",
        r#"{"modelId":"anthropic.claude-sonnet-4-5","cacheControl":{"type":"ephemeral","ttl":"1h"},"messages":[{"type":"human","content":"a"},{"type":"ai","content":[{"toolUse":{"toolUseId":"0","name":"nova_grounding","input":{},"type":"server_tool_use"}}],"tool_calls":[{"name":"a.b","args":{"q":1},"id":"1","type":"tool_call"},{"name":"get","args":{"q":1},"id":"2","type":"tool_call"},{"name":"get","args":{"q":1},"id":"3","type":"tool_call"}]},{"type":"tool","tool_call_id":"1","content":"x"}]}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"0","name":"nova_grounding","input":{},"type":"server_tool_use"}},{"toolUse":{"toolUseId":"1","name":"a_b","input":{"q":1}}},{"toolUse":{"toolUseId":"2","name":"get","input":{"q":1}}},{"toolUse":{"toolUseId":"3","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"x"}]}},{"cachePoint":{"type":"default","ttl":"1h"}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"a_b","inputSchema":{"json":{"type":"object"}}}},{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object"}}}}]}}"#,
    ),
    (
        "cache points, one hour",
        r#"{"modelId":"anthropic.claude-sonnet-4-5","messages":[{"type":"system","content":"s"},{"type":"human","content":"a"}],"cacheControl":{"type":"ephemeral","ttl":"1h"},"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"},{"cachePoint":{"type":"default","ttl":"1h"}}]}],"system":[{"text":"s"},{"cachePoint":{"type":"default","ttl":"1h"}}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}},{"cachePoint":{"type":"default","ttl":"1h"}}]}}"#,
    ),
    (
        "cache points, five minutes",
        r#"{"modelId":"anthropic.claude-sonnet-4-5","messages":[{"type":"system","content":"s"},{"type":"human","content":"a"}],"cacheControl":{"type":"ephemeral","ttl":"5m"},"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"},{"cachePoint":{"type":"default"}}]}],"system":[{"text":"s"},{"cachePoint":{"type":"default"}}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}},{"cachePoint":{"type":"default"}}]}}"#,
    ),
    (
        "cache points beside the caller's own",
        r#"{"modelId":"anthropic.claude-sonnet-4-5","messages":[{"type":"system","content":[{"type":"text","text":"t"},{"cachePoint":{"type":"default"}}]},{"type":"human","content":[{"type":"text","text":"t"},{"cachePoint":{"type":"default"}}]}],"cacheControl":{"type":"ephemeral","ttl":"1h"},"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}},{"cachePoint":{"type":"default"}}]}}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"cachePoint":{"type":"default"}}]}],"system":[{"text":"t"},{"cachePoint":{"type":"default"}}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}},{"cachePoint":{"type":"default"}}]}}"#,
    ),
    (
        "at most four cache points: two of ours fit",
        r#"{"modelId":"anthropic.claude-sonnet-4-5","messages":[{"type":"system","content":"s"},{"type":"human","content":[{"type":"text","text":"t"},{"cachePoint":{"type":"default"}}]},{"type":"ai","content":"b"},{"type":"human","content":[{"type":"text","text":"t"},{"cachePoint":{"type":"default"}}]},{"type":"ai","content":"b"},{"type":"human","content":"z"}],"cacheControl":{"type":"ephemeral","ttl":"1h"},"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"cachePoint":{"type":"default","ttl":"1h"}}]},{"role":"assistant","content":[{"text":"b"}]},{"role":"user","content":[{"text":"t"},{"cachePoint":{"type":"default","ttl":"1h"}}]},{"role":"assistant","content":[{"text":"b"}]},{"role":"user","content":[{"text":"z"},{"cachePoint":{"type":"default","ttl":"1h"}}]}],"system":[{"text":"s"},{"cachePoint":{"type":"default","ttl":"1h"}}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
    ),
    (
        "at most four cache points: none of ours fits",
        r#"{"modelId":"anthropic.claude-sonnet-4-5","messages":[{"type":"system","content":"s"},{"type":"human","content":[{"type":"text","text":"t"},{"cachePoint":{"type":"default"}},{"type":"text","text":"t"},{"cachePoint":{"type":"default"}},{"type":"text","text":"t"},{"cachePoint":{"type":"default"}},{"type":"text","text":"t"},{"cachePoint":{"type":"default"}},{"type":"text","text":"t"},{"cachePoint":{"type":"default"}}]},{"type":"ai","content":"b"},{"type":"human","content":"z"}],"cacheControl":{"type":"ephemeral","ttl":"1h"},"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"t"},{"cachePoint":{"type":"default"}},{"text":"t"},{"cachePoint":{"type":"default"}},{"text":"t"},{"cachePoint":{"type":"default"}},{"text":"t"},{"cachePoint":{"type":"default"}},{"text":"t"},{"cachePoint":{"type":"default"}}]},{"role":"assistant","content":[{"text":"b"}]},{"role":"user","content":[{"text":"z"}]}],"system":[{"text":"s"}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
    ),
    (
        "cache points on Nova",
        r#"{"modelId":"us.amazon.nova-pro-v1:0","messages":[{"type":"system","content":"s"},{"type":"human","content":"a"}],"cacheControl":{"type":"ephemeral","ttl":"1h"},"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"},{"cachePoint":{"type":"default"}}]}],"system":[{"text":"s"},{"cachePoint":{"type":"default"}}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
    ),
    (
        "cache points on Nova behind an ARN",
        r#"{"modelId":"arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/my-nova-profile","model":"amazon.nova-pro-v1:0","messages":[{"type":"system","content":"s"},{"type":"human","content":"a"}],"cacheControl":{"type":"ephemeral","ttl":"1h"},"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"},{"cachePoint":{"type":"default"}}]}],"system":[{"text":"s"},{"cachePoint":{"type":"default"}}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
    ),
    (
        "cache points on Nova beside tool results",
        r#"{"modelId":"us.amazon.nova-pro-v1:0","messages":[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"}]},{"type":"tool","content":"x","tool_call_id":"1"}],"cacheControl":{"type":"ephemeral","ttl":"1h"},"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"1","name":"get","input":{"q":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"x"}]}}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"get","inputSchema":{"json":{"type":"object","properties":{"z":{},"a":{}}}}}}]}}"#,
    ),
    (
        "unsigned reasoning for another model",
        r#"{"modelId":"us.deepseek.r1-v1:0","messages":[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"reasoning","reasoning":"r"},{"type":"reasoning","reasoning":""},{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"t"}],"model_provider":"openai"},{"type":"human","content":"z"}]}"#,
        r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"r"}}},{"reasoningContent":{"reasoningText":{"text":"t","signature":"s"}}},{"text":"t"}]},{"role":"user","content":[{"text":"z"}]}]}"#,
    ),
    (
        "a prompt brings its own messages",
        r#"{"modelId":"arn:aws:bedrock:us-east-1:123456789012:prompt/ABC:1","promptVariables":{"v":{"text":"x"}}}"#,
        r#"{"promptVariables":{"v":{"text":"x"}}}"#,
    ),
];

/// Name, messages for a Claude model, the error's text.
const REFUSALS: &[(&str, &str, &str)] = &[
    (
        "no messages",
        "[]",
        "messages: A conversation needs at least one human message, since Bedrock refuses a request without messages.",
    ),
    (
        "system text alone",
        r#"[{"type":"system","content":"s"}]"#,
        "messages: A conversation needs at least one human message, since Bedrock refuses a request without messages.",
    ),
    (
        "empty human text",
        r#"[{"type":"human","content":"a"},{"type":"human","content":""}]"#,
        "messages[1]: Invalid message content: empty string. 'human' must contain non-empty content.",
    ),
    (
        "blank human text",
        r#"[{"type":"human","content":" \n"}]"#,
        "messages[0]: Invalid message content: empty string. 'human' must contain non-empty content.",
    ),
    (
        "empty human content",
        r#"[{"type":"human","content":[]}]"#,
        "messages[0]: Invalid message content: empty string. 'human' must contain non-empty content.",
    ),
    (
        "no human content",
        r#"[{"type":"human"}]"#,
        "messages[0]: Invalid message content: empty string. 'human' must contain non-empty content.",
    ),
    (
        "human content that vanishes",
        r#"[{"type":"human","content":[{"type":"text","text":""}]}]"#,
        "messages[0]: Invalid message content: empty string. 'human' must contain non-empty content.",
    ),
    (
        "nothing but cache points",
        r#"[{"type":"human","content":[{"cachePoint":{"type":"default"}}]}]"#,
        "messages[0]: Invalid message content: nothing but cache points. A user turn must contain non-empty content.",
    ),
    (
        "blank ChatMessage",
        r#"[{"type":"generic","role":"user","content":""}]"#,
        "messages[0]: Invalid message content: empty string. 'generic' must contain non-empty content.",
    ),
    (
        "function message",
        r#"[{"type":"function","content":"x","name":"f"}]"#,
        "messages[0]: Unsupported message type: function (accepted are human, ai, system, tool and generic).",
    ),
    (
        "remove message",
        r#"[{"type":"human","content":"a"},{"type":"remove","content":""}]"#,
        "messages[1]: Unsupported message type: remove (accepted are human, ai, system, tool and generic).",
    ),
    (
        "unknown message",
        r#"[{"type":"x","content":"x"}]"#,
        "messages[0]: Unsupported message type: x (accepted are human, ai, system, tool and generic).",
    ),
    (
        "no message type",
        r#"[{"content":"x"}]"#,
        "messages[0]: Unsupported message type: undefined (accepted are human, ai, system, tool and generic).",
    ),
    (
        "unknown role",
        r#"[{"type":"generic","role":"critic","content":"x"}]"#,
        r#"messages[0]: Unsupported role of a ChatMessage: "critic" (accepted are user, human, assistant, ai and system)."#,
    ),
    (
        "tool role",
        r#"[{"type":"generic","role":"tool","content":"x"}]"#,
        r#"messages[0]: Unsupported role of a ChatMessage: "tool" (accepted are user, human, assistant, ai and system)."#,
    ),
    ("a message that is no object", r#"["x"]"#, "messages[0]: A message must be an object."),
    (
        "https image",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]"#,
        "messages[0].content[1]: Only base64 data URLs are supported for image blocks with 'url' field with ChatBedrockConverse, since Bedrock fetches nothing from the web: send a `data:` URL, the bytes, or an `s3://` URI instead, or let the option `fetchMedia` fetch it.",
    ),
    (
        "https file",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","source_type":"url","url":"https://example.com/a.pdf"}]}]"#,
        "messages[0].content[1]: Only base64 data URLs are supported for file blocks with 'url' field with ChatBedrockConverse, since Bedrock fetches nothing from the web: send a `data:` URL, the bytes, or an `s3://` URI instead, or let the option `fetchMedia` fetch it.",
    ),
    (
        "file id",
        r#"[{"type":"human","content":[{"type":"image","source_type":"id","id":"file-123"}]}]"#,
        r#"messages[0].content[0]: Bedrock keeps no files, so the file id in this image block must be an `s3://` URI, not "file-123"."#,
    ),
    (
        "audio file id",
        r#"[{"type":"human","content":[{"type":"audio","fileId":"file-123"}]}]"#,
        r#"messages[0].content[0]: Bedrock keeps no files, so the file id in this audio block must be an `s3://` URI, not "file-123"."#,
    ),
    (
        "svg",
        r#"[{"type":"human","content":[{"type":"image","mimeType":"image/svg+xml","data":"PHN2Zz48L3N2Zz4="}]}]"#,
        r#"messages[0].content[0]: Unsupported image mime type: "image/svg+xml" ChatBedrockConverse only supports "image/gif", "image/jpeg", "image/png", and "image/webp" formats."#,
    ),
    (
        "svg data URL",
        r#"[{"type":"human","content":[{"type":"image_url","image_url":"data:image/svg+xml;base64,PHN2Zz48L3N2Zz4="}]}]"#,
        r#"messages[0].content[0]: Unsupported image mime type: "image/svg+xml" ChatBedrockConverse only supports "image/gif", "image/jpeg", "image/png", and "image/webp" formats."#,
    ),
    (
        "unknown image",
        r#"[{"type":"human","content":[{"type":"image_url","image_url":"PHN2Zz48L3N2Zz4="}]}]"#,
        r#"messages[0].content[0]: The image block has no mime type and its data does not tell its format: ChatBedrockConverse only supports "image/gif", "image/jpeg", "image/png", and "image/webp" formats."#,
    ),
    (
        "unknown document",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","mimeType":"application/zip","data":"AAAA"}]}]"#,
        r#"messages[0].content[1]: Unsupported file mime type: "application/zip" ChatBedrockConverse only supports text/csv, application/msword, application/vnd.openxmlformats-officedocument.wordprocessingml.document, text/html, text/markdown, application/pdf, text/plain, application/vnd.ms-excel, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet formats."#,
    ),
    (
        "no document format",
        r#"[{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","data":"AAAA"}]}]"#,
        "messages[0].content[1]: The file block has no mime type and its data does not tell its format: ChatBedrockConverse only supports text/csv, application/msword, application/vnd.openxmlformats-officedocument.wordprocessingml.document, text/html, text/markdown, application/pdf, text/plain, application/vnd.ms-excel, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet formats.",
    ),
    (
        "no video format",
        r#"[{"type":"human","content":[{"type":"video","data":"AAAA"}]}]"#,
        "messages[0].content[0]: The video block has no mime type and its data does not tell its format: ChatBedrockConverse only supports flv, mkv, mov, mp4, mpeg, mpg, three_gp, webm, wmv formats.",
    ),
    (
        "no data",
        r#"[{"type":"human","content":[{"type":"image"}]}]"#,
        "messages[0].content[0]: image block must include one of: 'data' (base64 string or Uint8Array), 'url' (base64 data URL), or 'fileId' (S3 URI).",
    ),
    (
        "data of the wrong type",
        r#"[{"type":"human","content":[{"type":"image","data":7}]}]"#,
        "messages[0].content[0]: The data is neither a base64 string nor bytes (a Uint8Array, a Buffer, or an array of numbers from 0 to 255).",
    ),
    (
        "bytes out of range",
        r#"[{"type":"human","content":[{"image":{"source":{"bytes":[256]}}}]}]"#,
        "messages[0].content[0]: The data is neither a base64 string nor bytes (a Uint8Array, a Buffer, or an array of numbers from 0 to 255).",
    ),
    (
        "not base64",
        r#"[{"type":"human","content":[{"type":"image","mimeType":"image/png","data":"a!b"}]}]"#,
        "messages[0].content[0]: The data is not a base64 string.",
    ),
    (
        "not a base64 data URL",
        r#"[{"type":"human","content":[{"type":"image_url","image_url":"data:text/plain,hi"}]}]"#,
        "messages[0].content[0]: Only base64 data URLs are supported (data:<mime type>;base64,<data>).",
    ),
    (
        "what looks like the mark of an attachment",
        r#"[{"type":"human","content":[{"type":"image","data":{"$attachment":3}}]}]"#,
        "messages[0].content[0]: The data is neither a base64 string nor bytes (a Uint8Array, a Buffer, or an array of numbers from 0 to 255).",
    ),
    (
        "unknown block",
        r#"[{"type":"human","content":[{"type":"quux","a":1}]}]"#,
        "messages[0].content[0]: Unsupported content block type: quux",
    ),
    (
        "no block",
        r#"[{"type":"human","content":[{}]}]"#,
        "messages[0].content[0]: Unsupported content block type: undefined",
    ),
    (
        "a block that is no object",
        r#"[{"type":"human","content":[1]}]"#,
        "messages[0].content[0]: A content block must be a string or an object.",
    ),
    (
        "tool_use in a human message",
        r#"[{"type":"human","content":[{"type":"tool_use","id":"1","name":"get","input":{}}]}]"#,
        "messages[0].content[0]: Unsupported content block type: tool_use",
    ),
    (
        "reasoning in a human message",
        r#"[{"type":"human","content":[{"type":"reasoning","reasoning":"r"}]}]"#,
        "messages[0].content[0]: Unsupported content block type: reasoning",
    ),
    (
        "unknown AI block",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"quux","a":1}]},{"type":"human","content":"z"}]"#,
        "messages[1].content[0]: Unsupported content block type: quux",
    ),
    (
        "unknown block of an answer",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"quux"}]},{"type":"human","content":"z"}]"#,
        "messages[1].content[0]: Unsupported content block type: quux",
    ),
    (
        "unknown non_standard of a human",
        r#"[{"type":"human","content":[{"type":"non_standard","value":{"type":"quux"}}]}]"#,
        "messages[0].content[0]: Unsupported content block type: quux",
    ),
    (
        "image in a system message",
        r#"[{"type":"system","content":[{"type":"image","mimeType":"image/png","data":"iVBORw0KGgoAAAAN"}]},{"type":"human","content":"a"}]"#,
        "messages[0].content[0]: System message content must be either a string, or an array of text blocks, optionally including cache points and guard content.",
    ),
    (
        "audio in a tool result",
        r#"[{"type":"human","content":"a"},{"type":"ai","content":"","tool_calls":[{"name":"get","args":{"q":1},"id":"1","type":"tool_call"}]},{"type":"tool","content":[{"type":"text","text":"t"},{"type":"audio","mimeType":"audio/mp3","data":"AAAA"}],"tool_call_id":"1"}]"#,
        "messages[2].content[1]: Bedrock accepts no audio in a tool result, only text, JSON, images, documents, video and search results.",
    ),
];

fn request(messages: &str) -> String {
    format!(r#"{{"modelId":"anthropic.claude-sonnet-4-5","messages":{messages}}}"#)
}

/// The same request with a placeholder for each `{"$attachment": index}`, and its path: what `langchain/request/request.ts` makes.
fn detached(request: &str, attachments: &[Attachment<'static>]) -> (String, Vec<Attachment<'static>>) {
    fn detach(value: &mut Value, path: &mut Vec<Value>, found: &mut Vec<(Vec<Value>, usize)>) {
        if let Some(index) = value.get("$attachment").and_then(Value::as_u64).filter(|index| *index < 3) {
            found.push((path.clone(), usize::try_from(index).unwrap_or_default()));
            *value = json!({ "": 0 });
        }
        let children: Vec<(Value, &mut Value)> = match value {
            Value::Array(items) => items.iter_mut().enumerate().map(|(index, item)| (json!(index), item)).collect(),
            Value::Object(members) => members.iter_mut().map(|(name, member)| (json!(name), member)).collect(),
            _ => return,
        };
        for (step, child) in children {
            path.push(step);
            detach(child, path, found);
            path.pop();
        }
    }
    let mut request: Value = serde_json::from_str(request).unwrap_or_default();
    let mut found = Vec::new();
    if let Some(messages) = request.get_mut("messages") {
        detach(messages, &mut Vec::new(), &mut found);
    }
    let (paths, indexes): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    if let Some(request) = request.as_object_mut() {
        request.insert("attachments".to_owned(), json!(paths));
    }
    (
        request.to_string(),
        indexes.into_iter().filter_map(|index| attachments.get(index).copied()).collect(),
    )
}

fn body_with(request: &str, attachments: &[Attachment<'static>]) -> Result<String, String> {
    let (request, attachments) = detached(request, attachments);
    body(&request, &attachments)
}

/// Without adaptation: these histories are about one message each, and mostly have calls without results. `pairing.rs` is about those.
fn body(request: &str, attachments: &[Attachment<'_>]) -> Result<String, String> {
    let request = request.replacen(r#"{"modelId":"#, r#"{"adaptation":"off","modelId":"#, 1);
    let converted = convert_to_converse_request(&request, attachments, |_| Refusals::default()).map_err(|error| error.to_string())?;
    String::from_utf8(converted.body).map_err(|error| error.to_string())
}

#[test]
fn messages_become_turns() {
    for (name, messages, expected) in MESSAGES {
        assert_eq!(body(&request(messages), &[]).as_deref(), Ok(*expected), "{name}");
    }
}

#[test]
fn requests_become_bodies() {
    for (name, request, expected) in REQUESTS {
        assert_eq!(body(request, &[]).as_deref(), Ok(*expected), "{name}");
    }
}

#[test]
fn refusals_say_where_and_what() {
    for (name, messages, expected) in REFUSALS {
        assert_eq!(body(&request(messages), &[]), Err((*expected).to_owned()), "{name}");
    }
}

#[test]
fn only_claude_and_qwen_take_a_conversation_that_starts_with_the_assistant() {
    let ask = |model: &str| {
        let messages = r#"[{"type":"ai","content":"b"},{"type":"human","content":"a"}]"#;
        let request = format!(r#"{{"modelId":"{model}","messages":{messages}}}"#);
        String::from_utf8(convert_to_converse_request(&request, &[], |_| Refusals::default()).unwrap().body).unwrap()
    };
    let sent = r#"{"messages":[{"role":"assistant","content":[{"text":"b"}]},{"role":"user","content":[{"text":"a"}]}]}"#;
    let begun = r#"{"messages":[{"role":"user","content":[{"text":"(The conversation begins with the assistant.)"}]},{"role":"assistant","content":[{"text":"b"}]},{"role":"user","content":[{"text":"a"}]}]}"#;
    for model in ["us.anthropic.claude-haiku-4-5-20251001-v1:0", "qwen.qwen3-32b-v1:0"] {
        assert_eq!(ask(model), sent, "{model}");
    }
    for model in [
        "amazon.nova-pro-v1:0",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
    ] {
        assert_eq!(ask(model), begun, "{model}");
    }
}

#[test]
fn requests_that_are_none_are_refused() {
    for (request, expected) in [
        ("[]", "request: not a JSON object"),
        ("{}", "modelId: a model id or an ARN is required"),
        (r#"{"modelId":""}"#, "modelId: a model id or an ARN is required"),
        (r#"{"modelId":7}"#, "modelId: a model id or an ARN is required"),
    ] {
        assert_eq!(body(request, &[]), Err(expected.to_owned()));
    }
    assert!(body("{", &[]).is_err_and(|error| error.starts_with("request: not JSON: ")));
}

#[test]
fn model_id_and_tool_names_come_back() {
    let request = r#"{"modelId":"m","messages":[{"type":"human","content":"a"}],"toolConfig":{"tools":[{"toolSpec":{"name":"mcp.get"}},{"toolSpec":{"name":"put"}}]}}"#;
    let converted = convert_to_converse_request(request, &[], |_| Refusals::default()).expect("a request");
    assert_eq!(converted.model_id, "m");
    assert_eq!(converted.tool_names.original("mcp_get"), Some("mcp.get"));
    assert_eq!(converted.tool_names.original("put"), None);
}

#[test]
fn attachments_stand_wherever_data_can() {
    let attachments = [
        Attachment::Bytes(&[0x89, b'P', b'N', b'G']),
        Attachment::Text("iVBORw=="),
        Attachment::Text("data:image/png;base64,iVBORw=="),
    ];
    let image = |place: &str| format!(r#"{{"role":"user","content":[{{"image":{{"format":"png","source":{{"bytes":"iVBORw=="}}}}}}{place}]}}"#);
    for block in [
        r#"{"type":"image","mimeType":"image/png","data":{"$attachment":0}}"#,
        r#"{"type":"image","data":{"$attachment":0}}"#,
        r#"{"type":"image","data":{"$attachment":1}}"#,
        r#"{"type":"image","url":{"$attachment":2}}"#,
        r#"{"type":"image","source_type":"base64","mime_type":"image/png","data":{"$attachment":1}}"#,
        r#"{"type":"image","source_type":"url","url":{"$attachment":2}}"#,
        r#"{"type":"image_url","image_url":{"$attachment":2}}"#,
        r#"{"type":"image_url","image_url":{"url":{"$attachment":2}}}"#,
        r#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":{"$attachment":1}}}"#,
        r#"{"type":"image","image":{"format":"png","source":{"bytes":{"$attachment":0}}}}"#,
        r#"{"image":{"format":"png","source":{"bytes":{"$attachment":2}}}}"#,
    ] {
        let messages = format!(r#"[{{"type":"human","content":[{block}]}}]"#);
        assert_eq!(
            body_with(&request(&messages), &attachments),
            Ok(format!(r#"{{"messages":[{}]}}"#, image(""))),
            "{block}"
        );
    }
}

#[test]
fn attachments_are_found_in_what_is_only_carried() {
    let attachments = [Attachment::Bytes(&[1, 2, 3]), Attachment::Text("AQID")];
    let messages = r#"[{"type":"human","content":[{"type":"new_thing","newThing":{"a":[{"$attachment":0},{"$attachment":1},{"$attachment":9}]}}]}]"#;
    assert_eq!(
        body_with(&request(messages), &attachments).as_deref(),
        Ok(r#"{"messages":[{"role":"user","content":[{"newThing":{"a":["AQID","AQID",{"$attachment":9}]}}]}]}"#)
    );
    let redacted = r#"[{"type":"human","content":"a"},{"type":"ai","content":[{"type":"reasoning_content","redactedContent":{"$attachment":1}}]}]"#;
    assert_eq!(
        body_with(&request(redacted), &attachments).as_deref(),
        Ok(
            r#"{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"assistant","content":[{"reasoningContent":{"redactedContent":"AQID"}}]}]}"#
        )
    );
}

/// Whoever controls a tool's output must not be able to name another block's bytes.
#[test]
fn no_value_of_the_messages_refers_to_an_attachment() {
    let image = r#"{"type":"image","mimeType":"image/png","data":{"":0}}"#;
    for mark in [r#"{"$attachment":0}"#, r#"{"":0}"#] {
        let messages = format!(
            r#"[{{"type":"human","content":[{image}]}},{{"type":"ai","content":"","tool_calls":[{{"id":"t","name":"f","args":{{"a":{mark}}}}}]}},{{"type":"tool","tool_call_id":"t","content":[{{"type":"json","json":{{"b":{mark}}}}},{{"c":{mark}}}]}}]"#
        );
        let request =
            format!(r#"{{"modelId":"m","messages":{messages},"attachments":[[0,"content",0,"data"]],"additionalModelRequestFields":{mark}}}"#);
        let body = body(&request, &[Attachment::Bytes(&[0x89, b'P', b'N', b'G'])]).unwrap();
        assert_eq!(body.matches("iVBORw==").count(), 1, "{body}");
        for carried in [
            format!(r#""input":{{"a":{mark}}}"#),
            format!(r#"{{"b":{mark}}}"#),
            format!(r#"{{"c":{mark}}}"#),
            format!(r#""additionalModelRequestFields":{mark}"#),
        ] {
            assert!(body.contains(&carried), "{carried} {body}");
        }
    }
}

#[test]
fn an_attachment_may_lie_deep_in_what_is_only_carried() {
    let (open, close) = (r#"{"a":["#.repeat(1000), "]}".repeat(1000));
    let path: Vec<Value> = [json!(0), json!("content"), json!(0), json!("newThing")]
        .into_iter()
        .chain((0..1000).flat_map(|_| [json!("a"), json!(0)]))
        .collect();
    let messages = format!(r#"[{{"type":"human","content":[{{"type":"new_thing","newThing":{open}{{"":0}}{close}}}]}}]"#);
    let request = format!(r#"{{"modelId":"m","messages":{messages},"attachments":[{}]}}"#, json!(path));
    let expected = format!(r#"{{"messages":[{{"role":"user","content":[{{"newThing":{open}"a\"b"{close}}}]}}]}}"#);
    assert_eq!(body(&request, &[Attachment::Text("a\"b")]), Ok(expected));
}

#[test]
fn paths_that_do_not_match_are_refused() {
    let messages = r#"[{"type":"human","content":[{"type":"image","data":"iVBORw=="}]}]"#;
    for paths in [
        "[]",
        "5",
        "[5]",
        "[[]]",
        "[[1]]",
        r#"[[0,"content",1]]"#,
        r#"[[0,"content",0,"bytes"]]"#,
        "[[0],[0]]",
        r#"[["0"]]"#,
    ] {
        let request = format!(r#"{{"modelId":"m","messages":{messages},"attachments":{paths}}}"#);
        let expected = Err("request: its attachments do not match its messages".to_owned());
        assert_eq!(body(&request, &[Attachment::Text("x")]), expected, "{paths}");
    }
}

#[test]
fn a_longer_history_begins_with_the_bytes_of_the_shorter() {
    let turn = r#"{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","mimeType":"application/pdf","data":"AAAA"}]},{"type":"ai","content":"","tool_calls":[{"name":"a.b","args":{},"id":"x|1"}]},{"type":"tool","tool_call_id":"x|1","content":"r"},{"type":"ai","content":"ok"}"#;
    let later = r#"{"type":"human","content":[{"type":"text","text":"t"},{"type":"file","mimeType":"application/pdf","data":"AAAA","metadata":{"name":"document-1"}}]},{"type":"ai","content":"","tool_calls":[{"name":"a_b","args":{},"id":"x_1"}]},{"type":"tool","tool_call_id":"x_1","content":"r"}"#;
    let short = body(&request(&format!("[{turn}]")), &[]).expect("a body");
    let long = body(&request(&format!("[{turn},{later}]")), &[]).expect("a body");
    let (short_messages, _) = short.split_once("],\"toolConfig\"").expect("tools");
    assert!(long.starts_with(short_messages), "{short_messages}\n{long}");
}

/// Values that nobody expects anywhere.
fn hostile_values() -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let wrapped = (0..100).fold(
        json!({"type": "text", "text": "x"}),
        |inner, _| json!({"type": "non_standard", "value": inner}),
    );
    vec![
        json!(null),
        json!(true),
        json!(-1.5e300),
        json!(18_446_744_073_709_551_615_u64),
        json!(""),
        json!(" "),
        json!("data:"),
        json!("data:;base64,"),
        json!("data:image/png;base64"),
        json!("s3://"),
        json!("://"),
        json!("\u{feff}\u{0}é\u{10ffff}=="),
        json!("type"),
        json!([]),
        json!([null, [], {}, "", 0]),
        json!([256, -1]),
        json!({}),
        json!({"": ""}),
        json!({"$attachment": 0}),
        json!({"$attachment": -1}),
        json!({"$attachment": 18_446_744_073_709_551_615_u64}),
        json!({"type": "Buffer", "data": "x"}),
        json!({"0": 1, "2": 1}),
        json!({"type": {}, "text": [], "content": {}, "source": "", "metadata": 1}),
        json!({"toolResult": {"content": [{"toolResult": {}}, null, 1], "toolUseId": 1}}),
        json!({"toolUse": {}}),
        json!({"document": {}}),
        json!({"reasoningContent": {}}),
        json!({"type": "reasoning_content", "reasoningText": {"text": 1, "signature": []}, "redactedContent": "%"}),
        deep,
        wrapped,
    ]
}

/// The JSON pointers of all values inside `value`.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => (0..)
            .zip(items)
            .for_each(|(index, item): (usize, _)| places(item, &format!("{at}/{index}"), found)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, member)| places(member, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found)),
        _ => {}
    }
}

/// Converting must end in a body that is JSON, or in a refusal.
fn survives(request: &Value) {
    if let Ok(body) = body_with(&request.to_string(), &[Attachment::Text("\u{e9}"); 3]) {
        assert!(serde_json::from_str::<Value>(&body).is_ok(), "{request}\n{body}");
    }
}

#[test]
fn no_json_anywhere_makes_it_panic() {
    let hostile = hostile_values();
    let requests = MESSAGES.iter().map(|(_, messages, _)| request(messages));
    let requests = requests.chain(REQUESTS.iter().map(|(_, request, _)| (*request).to_owned()));
    for mut request in requests.filter_map(|request| serde_json::from_str::<Value>(&request).ok()) {
        let mut pointers = Vec::new();
        places(&request, "", &mut pointers);
        for pointer in pointers {
            for value in &hostile {
                let place = request.pointer_mut(&pointer).expect("a place");
                let own = std::mem::replace(place, value.clone());
                survives(&request);
                *request.pointer_mut(&pointer).expect("a place") = own;
            }
        }
    }
}

#[test]
fn deep_json_does_not_exhaust_the_stack() {
    for (open, close) in [
        ("[", "]"),
        (r#"{"type":"non_standard","value":"#, "}"),
        (r#"{"content":["#, "]}"),
        (r#"{"toolResult":{"content":["#, "]}}"),
    ] {
        let deep = open.repeat(20_000) + "1" + &close.repeat(20_000);
        for messages in [
            deep.clone(),
            format!(r#"[{{"type":"human","content":[{deep}]}}]"#),
            format!(r#"[{{"type":"tool","tool_call_id":"1","content":[{deep}]}}]"#),
            format!(r#"[{{"type":"human","content":"a"}},{{"type":"ai","content":[{deep}],"model_provider":"bedrock-converse"}}]"#),
        ] {
            let _ = body(&request(&messages), &[Attachment::Bytes(&[])]);
        }
    }
}
