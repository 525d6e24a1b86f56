import { refuse, toResponse } from "./admin-reply.ts";
import type { AssetsBinding } from "./document-files.ts";
import { newRequestId } from "../web/request-id.ts";

/** The dashboard's files, sent as they were built, with their own headers; 503 where they were not deployed. */
export async function answerDashboard(
	request: Request,
	assets: AssetsBinding | undefined,
	logFault: (fault: string, facts: Readonly<Record<string, string>>) => void,
): Promise<Response> {
	if (assets !== undefined) return assets.fetch(request);
	const requestId = newRequestId();
	logFault("admin-documents-missing", { requestId, what: "the binding ASSETS must be there" });
	const message = "The dashboard was not deployed with the Worker; `npm run deploy` builds and uploads it.";
	return toResponse(refuse({ status: 503, code: "documents_missing", message }), requestId);
}
