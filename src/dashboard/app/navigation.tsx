import { Choice } from "../parts/choice.tsx";
import { BrandIcon, MenuIcon } from "../parts/icons.tsx";
import { timeZone } from "../show/show-values.ts";
import { ALL_VIEWS } from "../views/all-views.ts";
import { routeHash } from "./route.ts";
import type { Theme } from "./theme.ts";

/** What is looked at, and which view of it. Behind a button on a narrow screen. */
export function Navigation({
	isOpen,
	onToggle,
	tenants,
	tenant,
	cascades,
	cascade,
	view,
	theme,
	onTheme,
	onSignOut,
}: {
	readonly isOpen: boolean;
	readonly onToggle: () => void;
	readonly tenants: readonly string[];
	readonly tenant: string;
	readonly cascades: readonly string[];
	readonly cascade: string;
	readonly view: string;
	readonly theme: Theme;
	readonly onTheme: (theme: Theme) => void;
	readonly onSignOut: () => void;
}) {
	const inAddress = cascade === "" ? "-" : cascade;
	// A tenant from the address that is not on the list is shown all the same.
	const tenantNames = tenants.includes(tenant) || tenant === "" ? tenants : [tenant, ...tenants];
	return (
		<header class={isOpen ? "side open" : "side"}>
			<div class="side-top">
				<p class="brand">
					<BrandIcon /> Edge Cascade
				</p>
				<button type="button" class="button menu" aria-expanded={isOpen} aria-controls="menu" onClick={onToggle}>
					<MenuIcon /> Menu
				</button>
			</div>
			<div class="side-body" id="menu">
				<div class="side-choices">
					{tenantNames.length > 0 && (
						<Choice
							label="Tenant"
							value={tenant}
							options={tenantNames.map((name) => ({ value: name, name }))}
							onChoose={(chosen) => {
								location.hash = routeHash(chosen, "-", view);
							}}
						/>
					)}
					{cascades.length > 0 && (
						<Choice
							label="Cascade"
							value={cascade}
							options={cascades.map((name) => ({ value: name, name }))}
							onChoose={(chosen) => {
								location.hash = routeHash(tenant, chosen, view);
							}}
						/>
					)}
				</div>
				<nav aria-label="Views">
					<ul>
						{ALL_VIEWS.map(({ name, title, icon: Icon }) => (
							<li key={name}>
								<a
									href={routeHash(tenant === "" ? "-" : tenant, inAddress, name)}
									aria-current={name === view ? "page" : undefined}
								>
									<Icon /> {title}
								</a>
							</li>
						))}
					</ul>
				</nav>
				<div class="side-foot">
					<Choice
						label="Theme"
						value={theme}
						options={[
							{ value: "system", name: "As the system" },
							{ value: "light", name: "Light" },
							{ value: "dark", name: "Dark" },
						]}
						onChoose={(chosen) => onTheme(chosen as Theme)}
					/>
					<p class="hint">Times are in {timeZone()}.</p>
					<p class="side-links">
						<a href="/admin/v1/docs">Admin API</a>
						<button type="button" class="link" onClick={onSignOut}>
							Sign out
						</button>
					</p>
				</div>
			</div>
		</header>
	);
}
