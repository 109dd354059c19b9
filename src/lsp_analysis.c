#include "lsp_analysis.h"

#include "allow.h"
#include "analysis.h"
#include "baseline.h"
#include "result.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { FRAME_FOUND, FRAME_QUESTION, FRAME_ANSWER };

/* What was found that is to be shown, as lint.c has it. The baseline may have been written anew since. */
static void keep_wanted(const struct project *project, struct findings *findings, struct coverage *coverage)
{
	struct baseline baseline = {0};
	struct arena arena = {0};
	const char *error;
	scope_apply(&project->inputs.scope, project->inputs.root, findings, coverage);
	if (project->options.baseline && chdir(project->folder) == 0 &&
	    baseline_read(&baseline, project->options.baseline, &arena, &error))
		baseline_apply(&baseline, project->options.rules, findings);
	baseline_release(&baseline);
	arena_release(&arena);
}

static void tell_findings(const struct project *project, const struct analysis *analysis,
			  const struct facts *const *units, uint32_t count, int socket)
{
	struct findings findings = {0};
	struct coverage coverage = {0};
	struct analysis_options how = {.rules = project->options.rules, .costs = project->options.costs};
	/* As long as the other units are not known, what a suppression is for may be in one of them. */
	struct allow_options allow = {.rules = project->options.rules, .partial = !project->indexed};
	analysis_find(analysis, &how, &findings, &coverage);
	allow_apply(units, count, &allow, &findings, &coverage);
	findings_finish(&findings);
	keep_wanted(project, &findings, &coverage);
	size_t size;
	const void *bytes = result_write(&findings, &coverage, NULL, &findings.arena, &size);
	frame_send(socket, FRAME_FOUND, bytes, size);
	coverage_release(&coverage);
	findings_release(&findings);
}

static void answer_questions(const struct project *project, const struct analysis *analysis, int socket)
{
	struct frame frame;
	char *function;
	bool sent = true;
	while (sent) {
		struct arena arena = {0};
		if (!frame_wait(socket, &frame, &function, &arena))
			break;
		const char *text = analysis_why_in(analysis, function, project->options.costs, &arena);
		text = text ? text : "";
		sent = frame_send(socket, FRAME_ANSWER, text, strlen(text) + 1);
		arena_release(&arena);
	}
}

/* The life of the process. */
static void work(void *context, int socket)
{
	const struct project *project = context;
	TABLE(const struct facts *) facts = {0};
	for (uint32_t i = 0; i < project->units.count; i++) {
		const struct facts *unit = project_facts(&project->units.items[i]);
		if (unit)
			table_add(&facts, unit);
	}
	struct analysis *analysis = analysis_open(facts.items, facts.count, &project->models, NULL);
	tell_findings(project, analysis, facts.items, facts.count, socket);
	answer_questions(project, analysis, socket);
}

void analysis_stop(struct project *project)
{
	if (project->analysis.pid)
		process_stop(&project->analysis);
	arena_release(&project->analysis_arena);
	project->found = false;
}

void analysis_start(struct project *project)
{
	analysis_stop(project);
	project->stale = false;
	if (!process_start(&project->analysis, &(struct process_options){0}, work, project))
		client_log(project->client, MESSAGE_ERROR, "cannot analyse '%s': %s", project->inputs.root,
			   strerror(errno));
}

bool analysis_ask(struct project *project, const char *function)
{
	return project->found && frame_send(project->analysis.socket, FRAME_QUESTION, function, strlen(function) + 1);
}

static void take_findings(struct project *project)
{
	findings_release(&project->findings);
	coverage_release(&project->coverage);
	project->findings = (struct findings){0};
	project->coverage = (struct coverage){0};
	project->found = result_read(project->analysis.bytes, project->analysis.frame.size, &project->findings,
				     &project->coverage, NULL);
	project->news = true;
}

enum analysis_event analysis_receive(struct project *project)
{
	if (!project->analysis.pid)
		return ANALYSIS_NOTHING;
	if (project->analysis.complete) /* what was taken before */
		arena_release(&project->analysis_arena);
	enum process_event event = process_receive(&project->analysis, &project->analysis_arena);
	if (event == PROCESS_NOTHING)
		return ANALYSIS_NOTHING;
	if (event == PROCESS_FRAME && project->analysis.frame.kind == FRAME_ANSWER)
		return ANALYSIS_ANSWER;
	if (event == PROCESS_FRAME)
		take_findings(project);
	if (project->found && event == PROCESS_FRAME)
		return ANALYSIS_FOUND;
	client_log(project->client, MESSAGE_ERROR, "the analysis of '%s' ended early (%s)", project->inputs.root,
		   process_end(process_stop(&project->analysis), &project->analysis_arena));
	arena_release(&project->analysis_arena);
	project->found = false;
	return ANALYSIS_FAILED;
}
