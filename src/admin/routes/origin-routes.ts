import { err, ok } from "../../core/result.ts";
import { ledgerRefusal, problemsRefusal } from "../admin-reply.ts";
import { answer } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { checkOrigin } from "../origin-rules.ts";
import { namedPage } from "../schemas/common.ts";
import { origin, originBody, originWritten } from "../schemas/origins.ts";
import { DEFAULT_LIMIT, namedPageQuery } from "../schemas/parameters.ts";

export const listOrigins = guarded({
	operationId: "origins.list",
	method: "GET",
	path: "/origins",
	roles: ["operator"],
	summary: "The origins that policies may name, by name",
	query: namedPageQuery,
	reply: { schema: namedPage(origin), description: "One page of origins." },
	handle: async ({ ports, query: { after = null, limit = DEFAULT_LIMIT } }) =>
		ok({ body: await ports.registry.origins({ after, limit }) }),
});

export const showOrigin = guarded({
	operationId: "origins.get",
	method: "GET",
	path: "/origins/{name}",
	roles: ["operator"],
	summary: "One origin",
	reply: { schema: origin, description: "The origin.", revisioned: true },
	refusals: [404],
	handle: async ({ ports, parameters: { name } }) =>
		answer(await ports.registry.origin(name), ({ revision }) => ({ revision })),
});

export const putOrigin = guarded({
	operationId: "origins.put",
	method: "PUT",
	path: "/origins/{name}",
	roles: ["operator"],
	summary: "Define an origin, or change it",
	description:
		"The address is checked here and again at each use. Nothing is sent to it. What the body leaves out is taken away.",
	body: originBody,
	precondition: "optional",
	reply: { schema: originWritten, description: "The origin as it will be used.", revisioned: true },
	async handle({ ports, parameters: { name }, body, expected, requester: { actor } }) {
		const { baseUrl, secret = null, maxConcurrent = null } = body;
		const checked = checkOrigin({ baseUrl, secret }, ports.originRules);
		if (!checked.ok) return err(problemsRefusal(422, "invalid_origin", checked.error));
		const seen = expected === undefined ? {} : { expected };
		const written = await ports.registry.putOrigin({ name, ...checked.value, maxConcurrent, ...seen, actor });
		return written.ok
			? ok({ body: written.value, revision: written.value.origin.revision })
			: err(ledgerRefusal(written.error));
	},
});

export const deleteOrigin = guarded({
	operationId: "origins.delete",
	method: "DELETE",
	path: "/origins/{name}",
	roles: ["operator"],
	summary: "Withdraw an origin",
	description: "Stages that name it fail with `origin_config` from then on; whether any does is not checked.",
	precondition: "of-existing",
	reply: { schema: originWritten, description: "The origin as it was." },
	refusals: [404],
	async handle({ ports, parameters: { name }, expected, requester: { actor } }) {
		const seen = expected === undefined ? {} : { expected };
		return answer(await ports.registry.removeOrigin({ name, ...seen, actor }));
	},
});
