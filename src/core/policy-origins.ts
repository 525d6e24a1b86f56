/**
 * An origin where a policy names it: `cascades.chat.stages[1].origin`, `cascades.chat.labeller.origin`,
 * `embeddings.vectors.origin`.
 */
export interface NamedOrigin {
	readonly path: string;
	readonly origin: string;
}

/** What may name an origin. */
interface Upstream {
	readonly origin?: string | undefined;
}

/** A stage, which may name a second one. */
interface Stage extends Upstream {
	readonly hedge?: Upstream | undefined;
}

/** A labeller, of which a judge alone is an upstream. */
interface Labelling extends Upstream {
	readonly kind?: string;
}

interface CascadeUpstreams {
	readonly stages: readonly Stage[];
	readonly labeller?: Labelling | undefined;
}

/** A policy as far as it names origins, parsed or as it was written. */
interface Upstreams {
	readonly cascades: Readonly<Record<string, CascadeUpstreams>>;
	readonly embeddings?: Readonly<Record<string, Upstream>> | undefined;
}

/** Every place where a policy names an origin, in the policy's order. */
export function originsNamed({ cascades, embeddings }: Upstreams): readonly NamedOrigin[] {
	const named = (path: string, { origin }: Upstream) =>
		origin === undefined ? [] : [{ path: `${path}.origin`, origin }];
	return [
		...Object.entries(cascades).flatMap(([alias, { stages, labeller = {} }]) => [
			...stages.flatMap((stage, index) => [
				...named(`cascades.${alias}.stages[${index}]`, stage),
				...named(`cascades.${alias}.stages[${index}].hedge`, stage.hedge ?? {}),
			]),
			...named(`cascades.${alias}.labeller`, labeller),
		]),
		...Object.entries(embeddings ?? {}).flatMap(([alias, model]) => named(`embeddings.${alias}`, model)),
	];
}
