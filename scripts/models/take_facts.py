"""Takes the facts of Bedrock's chat models from unpacked wheels into scripts/models/facts/.

Usage: python3 scripts/models/take_facts.py DIR [--date YYYY-MM-DD]

DIR has the unpacked wheels of langchain-aws and litellm (`pip download --no-deps`, then `unzip`), each at any depth. The values
stay as the sources have them; only members that scripts/models/sources.mjs reads are taken. Run `node scripts/models.mjs` afterwards.
"""

import argparse
import ast
import datetime
import json
import pathlib

FACTS = pathlib.Path(__file__).parent / "facts"

LANGCHAIN_AWS_MEMBERS = [
    "max_input_tokens",
    "max_output_tokens",
    "image_inputs",
    "pdf_inputs",
    "audio_inputs",
    "video_inputs",
    "image_outputs",
    "audio_outputs",
    "video_outputs",
    "reasoning_output",
    "reasoning_effort_levels",
    "tool_calling",
    "structured_output",
    "temperature",
]

LITELLM_MEMBERS = [
    "max_input_tokens",
    "max_output_tokens",
    "supports_vision",
    "supports_pdf_input",
    "supports_audio_input",
    "supports_video_input",
    "supports_reasoning",
    "reasoning_effort_levels",
    "supports_function_calling",
    "supports_native_structured_output",
    "supports_bedrock_native_structured_output",
    "supports_bedrock_native_structured_output_by_default",
    "bedrock_converse_supports_strict_tools",
    "bedrock_output_config_effort_ceiling",
    "supports_forced_tool_use",
    "supports_bedrock_converse_tool_result_images",
    "supports_assistant_prefill",
    "supports_sampling_params",
    "supports_regex_lookaround",
    "supports_prompt_cache_breakpoint",
    "prompt_cache_min_tokens",
    "thinking_always_on",
    "thinking_on_by_default",
]


def take(model, members):
    return {member: model[member] for member in members if model.get(member) is not None}


def only(directory, pattern):
    found = sorted(directory.rglob(pattern))
    if len(found) != 1:
        raise SystemExit(f"{pattern} stands {len(found)} times in {directory}; it must stand once")
    return found[0]


def version_of(directory, package):
    return only(directory, f"{package}-*.dist-info").name.removeprefix(f"{package}-").removesuffix(".dist-info")


def langchain_aws(directory):
    """The profiles are a dictionary of literals, which is read without running the module."""
    module = ast.parse(only(directory, "langchain_aws/data/_profiles.py").read_text())
    profiles = next(ast.literal_eval(node.value) for node in module.body if isinstance(node, ast.AnnAssign))
    return {name: take(profile, LANGCHAIN_AWS_MEMBERS) for name, profile in profiles.items()}


def is_converse_chat(name, model):
    """Whether the row is a chat model by Bedrock's own id. TwelveLabs' Pegasus is none of Converse's models."""
    is_bedrock = model.get("litellm_provider") in ("bedrock", "bedrock_converse") and model.get("mode") == "chat"
    return is_bedrock and "." in name and not any(mark in name for mark in "/@") and "twelvelabs." not in name


def litellm_row(model):
    row = take(model, LITELLM_MEMBERS)
    counter = model.get("token_count_model") or {}
    # "bedrock" is CountTokens of bedrock-runtime, "bedrock_mantle" another endpoint.
    return {**row, "token_count_provider": counter["litellm_provider"]} if "litellm_provider" in counter else row


def litellm(directory):
    models = json.loads(only(directory, "model_prices_and_context_window_backup.json").read_text())
    return {name: litellm_row(model) for name, model in models.items() if is_converse_chat(name, model)}


def write(file, source, models):
    """One model a line, so that a diff shows which models changed."""
    rows = ",\n".join(f"    {json.dumps(name)}: {json.dumps(models[name])}" for name in sorted(models))
    (FACTS / file).write_text(f'{{\n  "source": {json.dumps(source)},\n  "models": {{\n{rows}\n  }}\n}}\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--date", default=datetime.date.today().isoformat(), help="when the wheels were downloaded")
    arguments = parser.parse_args()
    directory = arguments.directory

    def source(package, **more):
        version = version_of(directory, package.replace("-", "_"))
        return {"package": package, "version": version, "licence": "MIT", **more, "taken": arguments.date}

    derived = "derived from models.dev (MIT)"
    write("langchain-aws.json", source("langchain-aws", data=derived), langchain_aws(directory))
    write("litellm.json", source("litellm"), litellm(directory))


if __name__ == "__main__":
    main()
