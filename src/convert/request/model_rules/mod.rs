//! What a model takes: members of a request that it is known to refuse are changed, each with a warning. Nothing is changed for a model of which
//! nothing is known.

pub(super) mod cache_minimum;
pub(super) mod cache_places;
pub(super) mod citations;
pub(super) mod limits;
pub(super) mod media_kinds;
pub(super) mod output_format;
mod patterns;
pub(super) mod reasoning;
pub(super) mod reasoning_fields;
mod references;
pub(super) mod sampling;
pub(super) mod schema;
mod schema_nodes;
pub(super) mod sizes;
pub(super) mod system_turns;
pub(super) mod tool_blocks;
pub(super) mod tool_choice;
pub(super) mod tool_results;
pub(super) mod tool_schemas;
pub(super) mod turns;
