import { useEffect, useRef, useState } from "preact/hooks";
import type { AdminClient } from "../api/admin-client.ts";
import { FailureNotice, Loading, Notice } from "../parts/notice.tsx";
import { ALL_VIEWS } from "../views/all-views.ts";
import { Navigation } from "./navigation.tsx";
import { routeHash } from "./route.ts";
import type { Session } from "./session.ts";
import type { Theme } from "./theme.ts";
import { replaceRoute, useRoute } from "./use-route.ts";
import { usePolicy, useTenants } from "./use-tenant.ts";
import { ViewBoundary } from "./view-boundary.tsx";

/** Stands in an address for the cascade of a tenant that has none. */
const NO_CASCADE = "-";

/** Navigation at the side, one view at a time beside it. */
export function Shell({
	admin,
	session,
	theme,
	onTheme,
	onSignOut,
}: {
	readonly admin: AdminClient;
	readonly session: Session;
	readonly theme: Theme;
	readonly onTheme: (theme: Theme) => void;
	readonly onSignOut: (why: string | null) => void;
}) {
	const route = useRoute();
	const heading = useRef<HTMLHeadingElement>(null);
	const tenants = useTenants(admin, session);
	const tenant = route.tenant ?? tenants.value?.[0] ?? null;
	const current = usePolicy(admin, tenant);
	const cascades = Object.keys(current.value?.policy?.cascades ?? {});
	const named = route.cascade !== null && cascades.includes(route.cascade) ? route.cascade : cascades[0];
	const cascade = named ?? "";
	const view = ALL_VIEWS.find(({ name }) => name === route.view) ?? ALL_VIEWS[0];
	const [isMenuOpen, setMenuOpen] = useState(false);

	// The address always says what is shown, so that it can be kept and sent.
	const isReady = tenant !== null && current.value !== undefined;
	const address = route.tenant === tenant && route.cascade === (named ?? NO_CASCADE) && route.view === view.name;
	useEffect(() => {
		if (isReady && !address) replaceRoute(routeHash(tenant, named ?? NO_CASCADE, view.name));
	}, [isReady, address, tenant, named, view.name]);

	const title = view.title;
	useEffect(() => {
		document.title = `${title} · ${tenant ?? ""} · Edge Cascade`;
	}, [title, tenant]);
	const shownView = useRef(view.name);
	useEffect(() => {
		if (shownView.current === view.name) return;
		shownView.current = view.name;
		setMenuOpen(false);
		// Who reads by ear hears where they are now.
		heading.current?.focus();
		scrollTo(0, 0);
	}, [view.name]);

	return (
		<div class="shell">
			<a
				class="skip"
				href="#view"
				onClick={(event) => {
					event.preventDefault();
					heading.current?.focus();
				}}
			>
				To the view
			</a>
			<Navigation
				isOpen={isMenuOpen}
				onToggle={() => setMenuOpen(!isMenuOpen)}
				tenants={tenants.value ?? (tenant === null ? [] : [tenant])}
				tenant={tenant ?? ""}
				cascades={cascades}
				cascade={cascade}
				view={view.name}
				theme={theme}
				onTheme={onTheme}
				onSignOut={() => onSignOut(null)}
			/>
			<main class="view" id="view">
				<header class="view-head">
					<h1 ref={heading} tabIndex={-1}>
						{title}
					</h1>
					<p class="about">{view.about}</p>
				</header>
				{tenants.failure !== undefined && <FailureNotice failure={tenants.failure} retry={tenants.reload} />}
				{tenants.value?.length === 0 && (
					<Notice title="There is no tenant yet">
						<p>
							Make one with <code>cascade tenant create NAME</code>, or with <code>POST /admin/v1/tenants</code>.
						</p>
					</Notice>
				)}
				{current.failure !== undefined && <FailureNotice failure={current.failure} retry={current.reload} />}
				{tenant !== null && current.value === undefined && current.failure === undefined && (
					<Loading what="the policy" />
				)}
				{isReady && current.value !== undefined && view.needsCascade && named === undefined && (
					<Notice title="This tenant has no policy yet">
						<p>A policy names the models of a cascade. Once there is one, this view shows how it does.</p>
					</Notice>
				)}
				{isReady && current.value !== undefined && (!view.needsCascade || named !== undefined) && (
					<ViewBoundary key={`${view.name} ${tenant} ${cascade}`}>
						<view.Component
							admin={admin}
							tenant={tenant}
							cascade={cascade}
							policy={current.value.policy}
							revision={current.value.revision}
							reloadPolicy={current.reload}
							route={route}
							isOperator={session.tenant === null}
						/>
					</ViewBoundary>
				)}
			</main>
		</div>
	);
}
