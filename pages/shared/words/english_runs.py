"""English of the Runs page, read-only links, workspaces and the login."""

RUNS: dict[str, str] = {
    "kind.forecast": "Forecast",
    "kind.sine": "Sine wave",
    "state.queued": "Waiting",
    "state.running": "Training",
    "state.done": "Done",
    "state.failed": "Failed",
    "state.cancelled": "Cancelled",
    "runs.title": "Runs",
    "runs.lead": "Everything that this workspace asked for, the newest first. Tick several to compare them.",
    "runs.bookmark": "Bookmark this page: its address is the only key to your data and runs, and whoever has it can "
    "open them.",
    "runs.none": "No runs yet. A run appears here as soon as you press **Train**, and stays until {days} days after it "
    "was last opened.",
    "runs.none.forecast": "Forecast a series",
    "runs.none.sine": "Try the sine wave",
    "runs.nothing": "No run is like that. Change the filter.",
    "runs.filter": "Find",
    "runs.filter.placeholder": "Name or setting",
    "runs.show": "Show",
    "runs.show.all": "All",
    "runs.show.done": "Done",
    "runs.show.ended": "Failed or cancelled",
    "runs.show.pinned": "Pinned",
    "runs.horizon": "horizon {horizon}",
    "runs.window": "window {window}",
    "runs.noise": "noise {noise:g}",
    "runs.took": "took {time}",
    "runs.now": "just now",
    "runs.minutes": "{count} min ago",
    "runs.hours": "{count} h ago",
    "runs.tick": "Compare {name}",
    "runs.open": "Open",
    "runs.more": "Manage",
    "runs.name": "Name",
    "runs.pin": "Pinned: never removed for its age",
    "runs.retry": "Train again",
    "runs.copy": "Copy link",
    "runs.copy.note": "Whoever has this link sees this one run, its charts, data and settings. They can change "
    "nothing and see nothing else of this workspace. The link is shown once.",
    "runs.revoke": "End all links to this run",
    "runs.revoked": "No link shows this run any more.",
    "runs.delete": "Delete",
    "runs.delete.sure": "Delete this run and its links",
    "runs.ticked": "{count} ticked",
    "runs.ticked.one": "1 ticked. Tick another to compare.",
    "runs.untick": "Clear",
    "runs.compare": "Compare",
    "runs.compared": "Runs compared",
    "runs.compare.view": "Chart",
    "runs.view.predicted": "True vs predicted",
    "runs.view.forecast": "Forecast",
    "runs.view.loss": "Loss",
    "runs.compare.data": "Data",
    "runs.compare.step": "Steps ahead",
    "runs.compare.loss": "Solid: training. Dotted: validation or test. Losses of different kinds or data are not "
    "comparable.",
    "runs.compare.setting": "Setting",
    "runs.compare.waiting": "Nothing to draw yet.",
    "alt.compare.runs": "{count} runs on one chart.",
    "runs.usage": "This workspace holds {stored} of the {budget} that it may. What nobody pinned goes {days} days "
    "after it was last opened.",
    "run.trouble": "Runs stay queued and start as soon as this is over; reading data and everything already trained "
    "still works.",
    "run.wait": "about {time} until it starts",
    # A read-only link
    "shared.lead": "{kind} · read-only: somebody shared this one run with you.",
    "shared.own": "Forecast data of your own",
    # The workspace
    "workspace.unknown": "This address opens no workspace here.",
    "workspace.unknown.next": "It may have been cut off or altered on its way: compare it with your bookmark, letter "
    "by letter. Or its data was deleted; what nobody opens goes after {days} days. Nothing was changed.",
    "workspace.fresh": "Start a new workspace",
    "workspace.delete": "Delete my data",
    "workspace.delete.what": "Deletes this workspace: its files, runs, results, settings and read-only links, from "
    "this server's database as well. **This cannot be undone.**",
    "workspace.delete.sure": "Yes, delete everything in this workspace",
    "workspace.delete.now": "Delete now",
    "workspace.deleted": "Your data was deleted. This is a new, empty workspace.",
    "workspace.damaged": "The settings that were kept for this workspace are damaged and cannot be read. Data and runs "
    "are all there, and everything works with the usual settings; what you choose now is not kept, so that nothing is "
    "overwritten.",
    "workspace.damaged.overwrite": "Replace the damaged settings",
    "store.still": "Until this is mended no page can be opened here. A page that is open already keeps what was typed, "
    "and saves it once this is over; runs that were queued are not lost. The command line needs no database: "
    "`python -m forecasting forecast FILE`.",
    "store.again": "Try again",
    # Login
    "login.title": "Tidecast",
    "login.lead": "Log in to reach your workspace.",
    "login.button": "Log in",
    "login.with": "Log in with {name}",
    "login.as": "Logged in as {name}",
    "login.out": "Log out",
}
