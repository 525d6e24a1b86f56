/** A name for one request, by which its client, the log and the ledgers know it. */
export function newRequestId(): string {
	return `req_${crypto.randomUUID()}`;
}
