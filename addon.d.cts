/** Loads the addon; throws one paragraph where there is none. */
declare function load(): typeof import("./native.cjs");
export = load;
