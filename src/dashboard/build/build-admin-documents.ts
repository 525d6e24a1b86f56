import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DOCUMENT_DIRECTORY } from "../../admin/document-files.ts";
import { documentTexts } from "../../admin/document-texts.ts";
import { ASSET_DIRECTORY } from "./build-dashboard.ts";

/** Writes the admin API's description, and the page that shows it, below `directory`. The same sources give the same files. */
export async function buildAdminDocuments(directory: string = ASSET_DIRECTORY): Promise<void> {
	await mkdir(join(directory, DOCUMENT_DIRECTORY), { recursive: true });
	for (const [name, text] of Object.entries(documentTexts()))
		await writeFile(join(directory, DOCUMENT_DIRECTORY, name), text);
}
