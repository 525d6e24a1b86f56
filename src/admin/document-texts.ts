import { NONCE_MARK, type DocumentFile } from "./document-files.ts";
import { documentPage } from "./document-page.ts";
import { openApiDocument } from "./openapi.ts";
import { ADMIN_ROUTES } from "./routes.ts";

/** What a deployment puts into the files. Not the Worker's: it would carry the converter of schemas and the page to every isolate. */
export function documentTexts(): Readonly<Record<DocumentFile, string>> {
	return { "openapi.json": JSON.stringify(openApiDocument(ADMIN_ROUTES)), "docs.txt": documentPage(NONCE_MARK) };
}
