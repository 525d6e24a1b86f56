import { DOCUMENT_DIRECTORY, type AssetsBinding } from "../../src/admin/document-files.ts";
import { documentTexts } from "../../src/admin/document-texts.ts";

/** The static assets as a deployment has built them, as far as the admin API reads them. */
export const documentAssets: AssetsBinding = {
	async fetch(address) {
		const texts = new Map<string, string>(
			Object.entries(documentTexts()).map(([name, text]) => [`/${DOCUMENT_DIRECTORY}/${name}`, text]),
		);
		const text = texts.get(new URL(new Request(address).url).pathname);
		return text === undefined ? new Response(null, { status: 404 }) : new Response(text);
	},
};
