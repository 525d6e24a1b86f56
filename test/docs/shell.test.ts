import { describe, expect, it } from "vitest";
import { shellCommands } from "./shell.ts";

describe("the reader of shell samples", () => {
	it.each([
		["a b  c", [["a", "b", "c"]]],
		["a 'b c' \"d e\" f\\ g ''", [["a", "b c", "d e", "f g", ""]]],
		["a \\\n  b\nc", [["a", "b"], ["c"]]],
		["a # b\n# c\nd#e", [["a"], ["d#e"]]],
		["a && b || c; d | e &", [["a"], ["b"], ["c"], ["d"], ["e"]]],
		["X=1 Y='a b' a X=2", [["a", "X=2"]]],
		["a > b 2>> c < d e", [["a", "e"]]],
		["key=$(openssl rand -hex 32)", [["openssl", "rand", "-hex", "32"]]],
		[
			'a "b $(c "d")"',
			[
				["c", "d"],
				["a", "b $(…)"],
			],
		],
		[
			"source <(a b)",
			[
				["a", "b"],
				["source", "<(…)"],
			],
		],
		['a "$KEY" $URL/x', [["a", "$KEY", "$URL/x"]]],
		['a \'{"b": "c\\n"}\'', [["a", '{"b": "c\\n"}']]],
	])("splits %j", (text, commands) => {
		expect(shellCommands(text)).toEqual(commands);
	});

	it.each(["a 'b", 'a "b', "a $(b"])("refuses %j, which does not end", (text) => {
		expect(() => shellCommands(text)).toThrow(/^no /u);
	});
});
