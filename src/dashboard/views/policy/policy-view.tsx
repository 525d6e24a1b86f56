import { routeHash } from "../../app/route.ts";
import { PolicyIcon } from "../../parts/icons.tsx";
import type { View, ViewProps } from "../view.ts";
import { PolicyCanary } from "./policy-canary.tsx";
import { PolicyEditor } from "./policy-editor.tsx";
import { PolicyHistory } from "./policy-history.tsx";

/** The tenant's policy: changed, looked back on, tried on a share of requests. */
export const policyView: View = {
	name: "policy",
	title: "Policy",
	about:
		"Which models answer, how sure they must be, what they cost and what is kept. Every change is a revision that can be gone back to.",
	icon: PolicyIcon,
	needsCascade: false,
	Component: Policy,
};

const PARTS = [
	{ name: "editor", title: "Editor", Part: PolicyEditor },
	{ name: "history", title: "History", Part: PolicyHistory },
	{ name: "canary", title: "Canary", Part: PolicyCanary },
] as const;

function Policy(props: ViewProps) {
	const { tenant, cascade, route } = props;
	const part = PARTS.find(({ name }) => name === route.rest[0]) ?? PARTS[0];
	return (
		<>
			<nav class="parts-nav" aria-label="Parts of the policy">
				<ul>
					{PARTS.map(({ name, title }) => (
						<li key={name}>
							<a
								href={routeHash(tenant, cascade === "" ? "-" : cascade, "policy", [name])}
								aria-current={name === part.name ? "page" : undefined}
							>
								{title}
							</a>
						</li>
					))}
				</ul>
			</nav>
			<part.Part {...props} />
		</>
	);
}
