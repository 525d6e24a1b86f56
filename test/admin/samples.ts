import type {
	AdminBody,
	AdminOperation,
	AdminParameters,
	AdminQuery,
	PolicyDocument,
} from "../../src/admin/client-types.ts";
import { ADMIN_ROUTES } from "../../src/admin/routes.ts";
import { policyOf, edgeDocument, originDocument } from "../core/policy-documents.ts";

/** A request of two texts that the tenant has made. */
export const SAMPLE_REQUEST = "req_5a3b1e0c-0000-4000-8000-00000000000a";

/** What there is to ask for in a test's world. */
export interface SampleIds {
	readonly tenant: string;
	/** A key of the tenant that no test asks with. */
	readonly keyId: string;
	/** An operator's key that no test asks with. */
	readonly operatorKeyId: string;
	readonly origin: string;
}

/** One request that succeeds where whoever sends it may: the parts of its address, its headers, its body. */
interface Sample<Operation extends AdminOperation> {
	readonly parameters: AdminParameters<Operation>;
	readonly query?: AdminQuery<Operation>;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body: AdminBody<Operation>;
}

/** What the samples' cascade promises. */
const GUARANTEE = { risk: "selective", targetRisk: 0.1, delta: 0.1 } as const;

/** A valid policy whose first stage has this threshold, by hand, and a guarantee. */
export const policyAt = (threshold: number) =>
	policyOf([edgeDocument({ threshold, guarantee: GUARANTEE }), originDocument()]);

/**
 * A sample of every operation, in a world where the tenant's policy is at revision 2, a canary is on revision 1, and
 * the origin is there. An operation without one does not compile: so every route's roles are tested.
 */
const SAMPLES: { readonly [Operation in AdminOperation]: (ids: SampleIds) => Sample<Operation> } = {
	"tenants.list": () => ({ parameters: {}, query: { limit: "1" }, body: undefined }),
	"tenants.create": ({ tenant }) => ({ parameters: {}, body: { tenant: `${tenant}-new`, name: "New" } }),
	"tenants.get": ({ tenant }) => ({ parameters: { tenant }, body: undefined }),
	"tenants.suspend": ({ tenant }) => ({ parameters: { tenant }, body: { reason: "unpaid" } }),
	"tenants.resume": ({ tenant }) => ({ parameters: { tenant }, body: { reason: "paid" } }),
	"tenants.delete": ({ tenant }) => ({ parameters: { tenant }, headers: { "x-confirm": tenant }, body: undefined }),
	"tenants.export": ({ tenant }) => ({ parameters: { tenant }, body: undefined }),
	"policy.get": ({ tenant }) => ({ parameters: { tenant }, body: undefined }),
	"policy.put": ({ tenant }) => ({
		parameters: { tenant },
		query: { reason: "surer" },
		headers: { "if-match": '"2"' },
		body: policyAt(0.9) as PolicyDocument,
	}),
	"policy.patch": ({ tenant }) => ({
		parameters: { tenant },
		headers: { "if-match": '"2"', "content-type": "application/merge-patch+json" },
		body: { limits: { maxOutputTokens: 256 } },
	}),
	"policy.validate": ({ tenant }) => ({ parameters: { tenant }, body: { version: 2 } }),
	"revisions.list": ({ tenant }) => ({ parameters: { tenant }, query: { limit: "1" }, body: undefined }),
	"revisions.get": ({ tenant }) => ({ parameters: { tenant, revision: 1 }, body: undefined }),
	"revisions.diff": ({ tenant }) => ({ parameters: { tenant }, query: { from: "1" }, body: undefined }),
	"policy.rollback": ({ tenant }) => ({ parameters: { tenant }, body: { revision: 1, reason: "worse" } }),
	"canary.get": ({ tenant }) => ({ parameters: { tenant }, body: undefined }),
	"canary.put": ({ tenant }) => ({ parameters: { tenant }, body: { revision: 1, share: 0.5, reason: "more" } }),
	"canary.delete": ({ tenant }) => ({ parameters: { tenant }, query: { reason: "worse" }, body: undefined }),
	"canary.promote": ({ tenant }) => ({ parameters: { tenant }, body: { reason: "better" } }),
	"evidence.get": ({ tenant }) => ({ parameters: { tenant, cascade: "chat" }, body: undefined }),
	"evidence.export": ({ tenant }) => ({
		parameters: { tenant, cascade: "chat" },
		body: undefined,
	}),
	"evidence.texts": ({ tenant }) => ({
		parameters: { tenant, cascade: "chat" },
		query: { limit: "2" },
		body: undefined,
	}),
	"evidence.labels": ({ tenant }) => ({
		parameters: { tenant, cascade: "chat" },
		body: { labels: [{ requestId: "req_1", wrong: true }] },
	}),
	"evidence.restart": ({ tenant }) => ({ parameters: { tenant, cascade: "chat" }, body: { reason: "new prompt" } }),
	"evidence.anchors.get": ({ tenant }) => ({ parameters: { tenant, cascade: "chat" }, body: undefined }),
	"evidence.anchors.put": ({ tenant }) => ({
		parameters: { tenant, cascade: "chat" },
		body: { anchors: [], targetDisagreement: 0.1 },
	}),
	"evidence.anchors.check": ({ tenant }) => ({ parameters: { tenant, cascade: "chat" }, body: undefined }),
	"evidence.close": ({ tenant }) => ({ parameters: { tenant, cascade: "chat" }, body: { reason: "wrong answers" } }),
	"keys.list": ({ tenant }) => ({ parameters: { tenant }, body: undefined }),
	"keys.create": ({ tenant }) => ({ parameters: { tenant }, body: { name: "Shop", scopes: ["inference"] } }),
	"keys.rotate": ({ tenant, keyId }) => ({ parameters: { tenant, id: keyId }, body: { overlapSeconds: 60 } }),
	"keys.revoke": ({ tenant, keyId }) => ({ parameters: { tenant, id: keyId }, body: undefined }),
	"usage.get": ({ tenant }) => ({
		parameters: { tenant },
		query: { from: "2026-11-01", to: "2026-11-02T12:00:00+01:00", by: "hour" },
		body: undefined,
	}),
	"requests.list": ({ tenant }) => ({
		parameters: { tenant },
		query: { cascade: "chat", limit: "1" },
		body: undefined,
	}),
	"requests.get": ({ tenant }) => ({
		parameters: { tenant, requestId: SAMPLE_REQUEST },
		query: { item: "0" },
		body: undefined,
	}),
	"feedback.get": ({ tenant }) => ({ parameters: { tenant }, body: undefined }),
	"audit.list": ({ tenant }) => ({ parameters: { tenant }, query: { limit: "2" }, body: undefined }),
	"origins.list": () => ({ parameters: {}, body: undefined }),
	"origins.get": ({ origin }) => ({ parameters: { name: origin }, body: undefined }),
	"origins.put": ({ origin }) => ({
		parameters: { name: origin },
		body: { baseUrl: "https://gpu2.example.com/v1/", secret: "ORIGIN_GPU_KEY", maxConcurrent: 8 },
	}),
	"origins.delete": ({ origin }) => ({ parameters: { name: origin }, body: undefined }),
	"operator-keys.list": () => ({ parameters: {}, body: undefined }),
	"operator-keys.create": () => ({ parameters: {}, body: { name: "Ada" } }),
	"operator-keys.revoke": ({ operatorKeyId }) => ({ parameters: { id: operatorKeyId }, body: undefined }),
	"registry-audit.list": () => ({ parameters: {}, query: { limit: "2" }, body: undefined }),
};

/** The guarded routes, as the list has them. */
export const GUARDED_ROUTES = ADMIN_ROUTES.filter((route) => route.roles !== "anyone");

/** An operation's sample as a request. */
export function sampleRequest(
	operation: AdminOperation,
	ids: SampleIds,
	headers: Readonly<Record<string, string>>,
): Request {
	const route = GUARDED_ROUTES.find(({ operationId }) => operationId === operation);
	if (route === undefined) throw new Error(`There is no operation ${operation}.`);
	const sample = SAMPLES[operation](ids);
	const parameters: Readonly<Record<string, unknown>> = sample.parameters;
	const path = route.path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => String(parameters[name]));
	const url = new URL(`https://edge.example/admin/v1${path}`);
	for (const [name, value] of Object.entries(sample.query ?? {})) url.searchParams.set(name, String(value));
	// As the command line does, without a body too.
	const contentType = route.method === "GET" ? {} : { "content-type": "application/json" };
	return new Request(url, {
		method: route.method,
		headers: { ...contentType, ...sample.headers, ...headers },
		...(sample.body === undefined ? {} : { body: JSON.stringify(sample.body) }),
	});
}
