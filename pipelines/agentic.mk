# Recipe 4, an agent that answers with a thought and an action in JSON: pairs from templates, the model
# measured before and after on requests of other templates, a report, and answers to a file of prompts.
#
#   make agentic                 everything, into work/agentic; recipe.mk says what can be set
#   make agentic COUNT=400       fewer pairs
#   make agentic-gate            is it as good as the recipe promises? If not dpo-eval's status is 3
#
# working     a tenth of the pairs is kept to validate; trains as agentic-working.conf says, where the
#             chosen answers are learned, too.
# published   trains on all pairs as agentic.conf says: the loss falls, and the form stays what it was.

COUNT := 2500
agentic := $(call place,agentic)
agentic_title := An agent, before and after
agentic_test := data/agentic/test.jsonl
agentic_prompts := $(agentic_test)
agentic_tokens := 120

agentic_parts := $(parts:%=$(agentic)/%)
agentic_conf := pipelines/agentic$(if $(filter working,$(PROFILE)),-working).conf
agentic_data := $(if $(filter working,$(PROFILE)),--eval $(agentic)/val.jsonl $(agentic)/train.jsonl, \
	$(agentic)/pairs.jsonl)
agentic_options := $(call small,--epochs 3 --batch-size 8 --learning-rate 1e-3) $(tiny) $(TRAIN)
agentic_measure := bin/dpo-eval -m $(MODEL) --metrics format --tools calculator,search,calendar \
	--max-new-tokens $(agentic_tokens)

.PHONY: agentic agentic-gate agentic-clean
agentic: $(agentic)/report.txt $(agentic)/report.html $(agentic)/answers.jsonl ## teach an agent its form, into work/agentic
	$(call table,$<)
	@echo "The adapter is in $(agentic)/run, what it answers in $(agentic)/answers.jsonl,"
	@echo "and $(agentic)/report.html shows it all."

$(agentic)/count: says = $(COUNT)
$(agentic)/model: says = $(MODEL)
$(agentic)/asked: says = $(agentic_test) $(agentic_tokens)
$(agentic)/batch: says = $(agentic_prompts) $(agentic_tokens)
$(agentic)/options: says = $(agentic_conf) $(agentic_options)
$(addprefix $(agentic)/,count model asked batch options): always
	$(note)

$(agentic)/pairs.jsonl: $(agentic)/count bin/dpo-synth
	bin/dpo-synth --count $(COUNT) --seed 42 -o $@

$(agentic_parts) &: $(agentic)/pairs.jsonl bin/dpo-split
	bin/dpo-split -d $(@D) --ratios 90,10,0 $<

$(agentic)/base.jsonl: $(agentic_test) $(agentic)/model $(agentic)/asked $(weights) bin/dpo-eval
	$(agentic_measure) -o $@ $<

$(agentic)/run.begun: $(agentic_parts) $(agentic)/model $(weights) $(agentic)/options \
		$(agentic_conf) bin/dpo-train
	$(begin)

$(agentic)/run/dpo_metadata.json: $(agentic)/run.begun
	bin/dpo-train -m $(MODEL) --config $(agentic_conf) $(agentic_options) --resume -o $(@D) $(agentic_data)

$(agentic)/trained.jsonl: $(agentic_test) $(agentic)/base.jsonl $(agentic)/run/dpo_metadata.json
	$(agentic_measure) --adapter $(agentic)/run --baseline $(agentic)/base.jsonl -o $@ $<

$(agentic)/report.txt $(agentic)/report.html: $(agentic)/base.jsonl $(agentic)/trained.jsonl bin/dpo-report
	$(call report,$(agentic_title),$(agentic)/run)

agentic-gate: $(agentic)/trained.jsonl bin/dpo-eval
	bin/dpo-eval -q --from $< --gate 'json_validity >= 0.95' --gate 'thought_prefix >= 0.98' \
		--gate 'full_compliance >= 0.93' > /dev/null

# A batch of prompts, as it is answered in use.
$(agentic)/answers.jsonl: $(agentic_prompts) $(agentic)/batch $(agentic)/run/dpo_metadata.json bin/dpo-chat
	head -n 20 $< | bin/dpo-chat -m $(MODEL) --adapter $(agentic)/run --max-new-tokens $(agentic_tokens) \
		--prompts - -o $@

agentic-clean: ## remove what make agentic made
	$(call remove,$(agentic),count model asked batch options pairs.jsonl $(parts) \
		base.jsonl trained.jsonl report.txt report.html answers.jsonl,run)
	@$(call remove_runs,$(agentic),run)
	@$(call remove_place,$(agentic))
