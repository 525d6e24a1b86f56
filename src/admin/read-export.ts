import type { ExportPlace, LedgerRefusal, TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import { ok, type Result } from "../core/result.ts";

/** A tenant's export as it leaves: never more than a page of it is in memory. */
type ExportStream = ReadableStream<Uint8Array>;

/**
 * Begins an export. A page that cannot be had breaks the stream off, so that nobody takes a part for the whole; its
 * reader's pace is the pace at which the ledger is asked.
 */
export async function streamExport(ledger: TenantLedgerPort): Promise<Result<ExportStream, LedgerRefusal>> {
	const encoder = new TextEncoder();
	const first = await ledger.export(null);
	if (!first.ok) return first;
	let { text, next } = first.value;
	return ok(
		new ReadableStream<Uint8Array>(
			{
				async pull(controller) {
					controller.enqueue(encoder.encode(text));
					if (next === null) return controller.close();
					const page = await ledger.export(next);
					if (page.ok) ({ text, next } = page.value);
					else controller.error(new Error(`the export broke off: ${page.error.kind}`));
				},
			},
			// Nothing is read before somebody takes it.
			{ highWaterMark: 0 },
		),
	);
}

/** A whole export, held, of at most so many bytes; `too-large` where it is more. */
export async function holdExport(
	ledger: TenantLedgerPort,
	mostBytes: number,
): Promise<Result<ExportStream | "too-large", LedgerRefusal>> {
	const held: Uint8Array<ArrayBuffer>[] = [];
	let bytes = 0;
	for await (const page of pagesOf(ledger)) {
		if (!page.ok) return page;
		bytes += page.value.byteLength;
		if (bytes > mostBytes) return ok("too-large");
		held.push(page.value);
	}
	return ok(new Blob(held).stream());
}

async function* pagesOf(ledger: TenantLedgerPort): AsyncGenerator<Result<Uint8Array<ArrayBuffer>, LedgerRefusal>> {
	const encoder = new TextEncoder();
	let place: ExportPlace | null = null;
	do {
		const page: Awaited<ReturnType<TenantLedgerPort["export"]>> = await ledger.export(place);
		if (!page.ok) return yield page;
		yield ok(encoder.encode(page.value.text) as Uint8Array<ArrayBuffer>);
		place = page.value.next;
	} while (place !== null);
}
