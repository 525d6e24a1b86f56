/** Names of the tenants; letters alone, since they are part of markers. */
export type TenantName = "plain" | "stages" | "tasks" | "promised" | "thrifty" | "hedged" | "keeping";

/** What may be spent in a day by the tenant that has a budget: used up during a long soak, and never passed. */
export const BUDGET_USD = 0.2;
export const GUARANTEED = { tenant: "promised", cascade: "guaranteed" } as const;

const PRICE = { inputUsdPerMillion: 0.05, outputUsdPerMillion: 0.2 };
const LARGE_PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 4 };
const CHAT = { shape: "chat-completions", logprobs: true, tools: true };
const TIMES = { timeoutMs: 3_000 };

const small = (name: string, confidence: object, rule: object) => ({
	name,
	adapter: "workers-ai",
	model: `@far/${name}`,
	...CHAT,
	confidence,
	...rule,
	timeoutMs: 1_000,
	price: PRICE,
});
const MEAN = { method: "mean-logprob" };
const HALF = { threshold: 0.5 };
const edge = small("small", MEAN, HALF);
const large = (origin: "origin-a" | "origin-b", more: object = {}) => ({
	name: "origin",
	adapter: "openai",
	origin,
	model: "large",
	price: LARGE_PRICE,
	...more,
});

/** Each tenant's policy: together they use every way through a cascade that an answer can take. */
export const POLICIES: Readonly<
	Record<TenantName, { readonly cascades: Record<string, object>; readonly [field: string]: unknown }>
> = {
	plain: {
		cascades: {
			fails: { ...TIMES, stages: [edge, large("origin-a")] },
			serves: { ...TIMES, stages: [edge, large("origin-b")], onOriginFailure: "serve-edge-answer" },
			prefix: {
				...TIMES,
				stages: [small("small", { ...MEAN, prefix: { tokens: 4, ms: 500 } }, HALF), large("origin-a")],
				checks: { refusal: false },
			},
		},
	},
	stages: {
		cascades: {
			parallel: { ...TIMES, stages: [edge, large("origin-a")], mode: "parallel", onOriginFailure: "serve-edge-answer" },
			three: {
				...TIMES,
				stages: [
					small("small", { method: "min-logprob" }, { threshold: 0.7 }),
					small("middle", MEAN, { threshold: 0.4 }),
					large("origin-b"),
				],
			},
		},
	},
	tasks: {
		cascades: {
			labels: { ...TIMES, stages: [edge, large("origin-a")] },
			verdicts: { ...TIMES, stages: [edge, large("origin-a", { shape: "moderations" })] },
		},
		defaults: { moderations: "verdicts" },
	},
	promised: {
		cascades: {
			[GUARANTEED.cascade]: {
				...TIMES,
				stages: [
					small("small", MEAN, { guarantee: { risk: "selective", targetRisk: 0.1, delta: 0.05 } }),
					large("origin-a"),
				],
				labeller: { kind: "normalised" },
				auditRate: 0.2,
			},
		},
	},
	thrifty: {
		cascades: { bounded: { ...TIMES, stages: [edge, large("origin-a")], onOriginFailure: "serve-edge-answer" } },
		budget: { usdPerDay: BUDGET_USD, onExhausted: "serve-edge-answer" },
		limits: { maxOutputTokens: 64 },
	},
	hedged: {
		cascades: {
			hedged: { ...TIMES, stages: [edge, large("origin-b", { hedge: { origin: "origin-a", afterMs: 300 } })] },
		},
	},
	keeping: {
		cascades: { kept: { ...TIMES, stages: [edge, large("origin-a")], retainText: { hours: 1 } } },
	},
};

export const TENANTS = Object.keys(POLICIES) as TenantName[];
