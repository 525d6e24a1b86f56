/** Files that every deployment makes of the list of routes and uploads beside the dashboard's (`document-texts.ts`). */
export type DocumentFile = "openapi.json" | "docs.txt";

/** The directory of the files among the static assets. Nobody can ask for it: its address is the Worker's, which has no such path. */
export const DOCUMENT_DIRECTORY = "admin-documents";

/** Stands in a file where each reply has a nonce of its own. */
export const NONCE_MARK = "{{nonce}}";

/** The text of a file; null where it has not been deployed. */
export type ReadDocument = (file: DocumentFile) => Promise<string | null>;

/** The binding of the static assets, as far as it is used. */
export interface AssetsBinding {
	readonly fetch: (address: string | Request) => Promise<Response>;
}

/** Reads the files through the binding; there may be none, or none of these files behind it. */
export function createDocumentReader(assets: AssetsBinding | undefined): ReadDocument {
	return async (file) => {
		// The binding looks at the path alone.
		const response = await assets?.fetch(`https://assets.invalid/${DOCUMENT_DIRECTORY}/${file}`);
		if (response?.ok === true) return response.text();
		await response?.body?.cancel();
		return null;
	};
}
