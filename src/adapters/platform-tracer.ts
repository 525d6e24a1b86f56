import type { Span, SpanAttributes, TracedRun, Tracer } from "../cascade/ports.ts";

/** A part of the runtime's `Span` ("Custom spans", Cloudflare's documentation of Workers). */
interface PlatformSpan {
	readonly isTraced: boolean;
	readonly setAttributes: (attributes: Record<string, boolean | number | string | undefined>) => unknown;
	readonly setStatus: (status: { readonly code: "error"; readonly message?: string }) => unknown;
	readonly end: () => void;
}

/** A part of the runtime's `tracing`. */
export interface PlatformTracing {
	readonly getActiveSpan: () => PlatformSpan | undefined;
	readonly startSpan: (name: string) => PlatformSpan;
	readonly startActiveSpan: <Value>(name: string, work: (span: PlatformSpan) => Value) => Value;
}

/** What writes spans of this Worker's own among the platform's. */
export interface Tracers {
	/** The trace of a run; undefined where this invocation is not sampled. */
	readonly tracerOf: (run: TracedRun) => Tracer | undefined;
	/** Does work for a ledger in a span of that name. */
	readonly ledgerWork: (kind: string, work: () => Promise<void>) => Promise<void>;
	/** The runtime's `waitUntil`, where what is waited for is work for a ledger. */
	readonly behind: (kind: string, waitUntil: WaitUntil) => WaitUntil;
}

type WaitUntil = (promise: Promise<unknown>) => void;

/**
 * Traces by the platform's own spans, which it exports by OpenTelemetry's protocol as the operator configures. Whether this
 * invocation is sampled is asked first, and where it is not nothing more is done. `tracing`: undefined on a runtime without
 * that API, where nothing is traced.
 */
export function createTracers(tracing: PlatformTracing | undefined): Tracers {
	if (typeof tracing?.getActiveSpan !== "function")
		return { tracerOf: () => undefined, ledgerWork: (_, work) => work(), behind: (_, waitUntil) => waitUntil };
	const isTraced = () => tracing.getActiveSpan()?.isTraced === true;
	return {
		tracerOf: (run) => (isTraced() ? createTracer(tracing, runAttributes(run)) : undefined),
		ledgerWork(kind, work) {
			if (!isTraced()) return work();
			return createTracer(tracing, {}).within(LEDGER, { "cascade.ledger.work": kind }, (span) =>
				work().finally(() => span.end()),
			);
		},
		behind: (kind, waitUntil) => (promise) => {
			waitUntil(promise);
			if (!isTraced()) return;
			const span = createTracer(tracing, {}).begin(LEDGER, { "cascade.ledger.work": kind });
			const end = () => span.end();
			promise.then(end, end);
		},
	};
}

const LEDGER = "ledger";

/** Every span says all of it, so that each can be found by its tenant. */
function createTracer(tracing: PlatformTracing, about: SpanAttributes): Tracer {
	const begun = (span: PlatformSpan, attributes: SpanAttributes): Span => {
		span.setAttributes({ ...about, ...attributes });
		let isOpen = true;
		return {
			end(last = {}) {
				if (!isOpen) return;
				isOpen = false;
				span.setAttributes(last);
				if (last["error.type"] !== undefined) span.setStatus({ code: "error" });
				span.end();
			},
		};
	};
	return {
		begin: (name, attributes = {}) => begun(tracing.startSpan(name), attributes),
		within: (name, attributes, work) => tracing.startActiveSpan(name, (span) => work(begun(span, attributes))),
	};
}

function runAttributes({ requestId, tenant, cascade, policyRevision, item }: TracedRun): SpanAttributes {
	return {
		"cascade.request.id": requestId,
		"cascade.tenant.id": tenant,
		"cascade.name": cascade,
		"cascade.config.version": policyRevision,
		"cascade.item": item,
	};
}
