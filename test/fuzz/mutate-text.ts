import { HOSTILE_LITERALS, INVALID_UTF8 } from "./hostile-values.ts";
import { RAW_MARK } from "./mutate-body.ts";
import type { RandomSource } from "./random-source.ts";

const encoder = new TextEncoder();

/** The JSON of a body in which raw text has been put. */
export function writeJson(body: unknown): string {
	// A mark is the beginning of a whole string, and its text has no quote that was not escaped.
	return JSON.stringify(body).replaceAll(
		new RegExp(`"${RAW_MARK}((?:[^"\\\\]|\\\\.)*)"`, "gu"),
		(_whole, text: string) => JSON.parse(`"${text}"`) as string,
	);
}

/** Changes of the text, after which it is JSON or is not. */
export const TEXT_MUTATIONS: Readonly<Record<string, (text: string, random: RandomSource) => Uint8Array>> = {
	"duplicate-key-before": (text, random) => encoder.encode(text.replace("{", `{${duplicate(random)},`)),
	"duplicate-key-after": (text, random) => encoder.encode(text.replace(/\}$/u, `,${duplicate(random)}}`)),
	"hostile-literal": (text, random) => {
		const values = [...text.matchAll(/(?<=:)(?:-?\d[\d.eE+-]*|true|false|null|"(?:[^"\\]|\\.)*")(?=[,}\]])/gu)];
		if (values.length === 0) return encoder.encode(text);
		const { index, 0: value } = random.pick(values);
		return encoder.encode(text.slice(0, index) + random.pick(HOSTILE_LITERALS) + text.slice(index + value.length));
	},
	"cut-off": (text, random) => encoder.encode(text.slice(0, random.whole(0, text.length - 1))),
	"more-behind": (text, random) => encoder.encode(text + random.pick(["}", "\0", " {}", "\n\n", text])),
	"invalid-utf8": (text, random) => {
		const bytes = encoder.encode(text);
		const at = random.whole(0, bytes.length);
		return Uint8Array.from([...bytes.slice(0, at), ...random.pick(INVALID_UTF8), ...bytes.slice(at)]);
	},
	"flipped-bit": (text, random) => {
		const bytes = encoder.encode(text);
		const at = random.whole(0, bytes.length - 1);
		bytes[at] = (bytes[at] ?? 0) ^ (1 << random.whole(0, 7));
		return bytes;
	},
	"byte-order-mark": (text) => Uint8Array.from([0xef, 0xbb, 0xbf, ...encoder.encode(text)]),
	"utf-16": (text) =>
		Uint8Array.from([...text].flatMap((letter) => [letter.charCodeAt(0) & 0xff, letter.charCodeAt(0) >> 8])),
	"another-document": (_text, random) =>
		encoder.encode(random.pick(["", "null", "[]", "{}", "0", '"text"', "true", "[[]]", "{,}", "\0", "{'model':1}"])),
	"space-around": (text) => encoder.encode(`\n\t \r\n${text}${" ".repeat(2_000)}`),
};

function duplicate(random: RandomSource): string {
	return random.pick([
		'"model":"other-tenants-model"',
		'"model":"shared"',
		'"messages":[]',
		'"input":"other"',
		'"stream":true',
		'"__proto__":{"polluted":true}',
		'"\\u006dodel":"moderate"',
	]);
}
