/**
 * Reads one raw e-mail (headers and body, RFC 5322 with MIME) down to what a
 * reader sees: the subject and the text. Every other header is dropped, because
 * delivery headers of the corpus reveal which mailbox, and so which label, a
 * mail came from.
 */

/** What a reader sees of a mail. */
export interface ReadableMail {
	readonly subject: string;
	readonly body: string;
}

interface MimePart {
	readonly headers: ReadonlyMap<string, string>;
	readonly content: string;
}

/** Nesting beyond this is an attack or a bounce of a bounce, not something to read. */
const MAXIMUM_DEPTH = 6;

/**
 * Extracts subject and text from a raw mail. Prefers `text/plain` parts; an HTML
 * part is read with its tags removed. Never throws: what cannot be decoded is
 * left out.
 */
export function parseMail(raw: string): ReadableMail {
	const part = splitPart(raw.replaceAll("\r\n", "\n"));
	return {
		subject: tidyLine(decodeEncodedWords(part.headers.get("subject") ?? "")),
		body: tidyText(readPart(part, 0)),
	};
}

function splitPart(text: string): MimePart {
	const blank = text.search(/\n[ \t]*\n/);
	const head = blank === -1 ? text : text.slice(0, blank);
	const content = blank === -1 ? "" : text.slice(blank).replace(/^\n[ \t]*\n/, "");
	const headers = new Map<string, string>();
	for (const line of head.replace(/\n[ \t]+/g, " ").split("\n")) {
		const colon = line.indexOf(":");
		const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
		// The first occurrence wins; later ones are added by relays.
		if (name !== "" && !name.includes(" ") && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
	}
	return { headers, content };
}

function readPart(part: MimePart, depth: number): string {
	if (depth > MAXIMUM_DEPTH) return "";
	const contentType = part.headers.get("content-type") ?? "text/plain";
	const kind = (contentType.split(";")[0] ?? "").trim().toLowerCase();
	if (kind.startsWith("multipart/")) return readMultipart(part.content, contentType, kind, depth);
	if (kind === "message/rfc822") return readPart(splitPart(part.content), depth + 1);
	if (kind !== "" && !kind.startsWith("text")) return "";
	const text = decodeTransfer(part.content, part.headers.get("content-transfer-encoding") ?? "", contentType);
	// Some mails hold HTML but call it plain text.
	const isHtml = kind === "text/html" || /<html|<body|<table/i.test(text.slice(0, 2_000));
	return isHtml ? htmlToText(text) : text;
}

function readMultipart(content: string, contentType: string, kind: string, depth: number): string {
	const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
	const marker = boundary?.[1] ?? boundary?.[2];
	if (marker === undefined) return content;
	const parts = content
		.split(`--${marker}`)
		.slice(1)
		.filter((piece) => !piece.startsWith("--"))
		// The line break after the boundary belongs to the boundary.
		.map((piece) => splitPart(piece.replace(/^[ \t]*\n/, "").replace(/^(?=\n)/, "content-type: text/plain\n")));
	const texts = parts.map((part) => readPart(part, depth + 1)).filter((text) => text.trim() !== "");
	return kind === "multipart/alternative" ? (texts[0] ?? "") : texts.join("\n\n");
}

function decodeTransfer(content: string, encoding: string, contentType: string): string {
	const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1] ?? "utf-8";
	switch (encoding.trim().toLowerCase()) {
		case "base64":
			return decodeBytes(Buffer.from(content, "base64"), charset);
		case "quoted-printable":
			return decodeQuotedPrintable(content.replace(/=[ \t]*\n/g, ""), charset);
		default:
			return content;
	}
}

function decodeQuotedPrintable(content: string, charset: string): string {
	return content.replace(/(?:=[0-9a-f]{2})+/gi, (run) =>
		decodeBytes(Buffer.from(run.replaceAll("=", ""), "hex"), charset),
	);
}

function decodeBytes(bytes: Buffer, charset: string): string {
	try {
		return new TextDecoder(charset).decode(bytes);
	} catch {
		// Charset names of 2002 include inventions; Latin-1 always decodes.
		return bytes.toString("latin1");
	}
}

/** RFC 2047: `=?charset?Q?text?=` and `=?charset?B?text?=` in a header. */
function decodeEncodedWords(value: string): string {
	return value.replace(
		/=\?([^?\s]+)\?([bq])\?([^?]*)\?=(?:\s+(?==\?))?/gi,
		(_match, charset: string, kind: string, text: string) =>
			kind.toLowerCase() === "b"
				? decodeBytes(Buffer.from(text, "base64"), charset)
				: decodeQuotedPrintable(text.replaceAll("_", " "), charset),
	);
}

const NAMED_ENTITIES: Readonly<Record<string, string>> = {
	nbsp: " ",
	amp: "&",
	lt: "<",
	gt: ">",
	quot: '"',
	apos: "'",
	copy: "(c)",
	reg: "(R)",
};

function htmlToText(html: string): string {
	return html
		.replace(/<!--[\s\S]*?-->/g, "")
		.replace(/<(script|style|head)\b[\s\S]*?<\/\1\s*>/gi, " ")
		.replace(/<(br|p|div|tr|li|h[1-6]|table)\b[^>]*>/gi, "\n")
		.replace(/<\/?[a-z!][^>]*>/gi, "")
		.replace(/&#(\d{1,6});/g, (_match, code: string) => characterOf(Number(code)))
		.replace(/&([a-z]+);/gi, (match, name: string) => NAMED_ENTITIES[name.toLowerCase()] ?? match);
}

function characterOf(code: number): string {
	return code > 31 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
}

function tidyLine(text: string): string {
	return hidePeople(text)
		.replace(/[\s\p{Cc}\uFFFD]+/gu, " ")
		.trim();
}

function tidyText(text: string): string {
	return hidePeople(text)
		.replace(/[^\S\n]+/g, " ")
		.replace(/[\p{Cc}\uFFFD]/gu, (character) => (character === "\n" ? "\n" : ""))
		.replace(/ ?\n ?/g, "\n")
		.replace(/\n{3,}/g, "\n\n")
		.trim();
}

/**
 * Replaces e-mail addresses and North American telephone numbers. The addresses
 * were altered by the corpus' makers in a way that differs between its folders,
 * so leaving them in would leak the label; and real people's details have no
 * place in a committed fixture.
 */
function hidePeople(text: string): string {
	return text
		.replace(/[\w.+=-]+@[\w-]+(?:\.[\w-]+)*/g, "someone@example.com")
		.replace(/(?:\+?1[-. ])?\(?\b\d{3}\)?[-. ]\s?\d{3}[-. ]\d{4}\b/g, "555-0100");
}
