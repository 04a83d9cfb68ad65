# Recipe 3, preferences within a limit: KL to the reference <= 0.1. Pairs by the gap of their scores, the
# easy ones first; what is done when the limit is passed, and which state is the result, says the profile.
# Then two gates, and where one is not met another try with a lower rate and a higher beta.
#
#   make constrained                       everything, into work/constrained; recipe.mk says what can be set
#   make constrained constrained_kl=0.05   a narrower limit; constrained_rate and constrained_beta are
#                                          what the first try takes, TRAIN has no say in these
#
# working     trains as kl-working.conf says, published as kl.conf does.
#
# Scores of 0 to 10 as in data/arabic make the recipe's least gap, 0.15 of a whole, 1.5.

constrained := $(call place,constrained)
constrained_parts := $(parts:%=$(constrained)/%)
constrained_gap := 1.5
constrained_kl := 0.1
constrained_retries := 3

constrained_conf := pipelines/kl$(if $(filter working,$(PROFILE)),-working).conf
constrained_number = $(shell sed -n 's/^$1: *\([0-9.e-]*\).*/\1/p' $(constrained_conf))
constrained_rate := $(or $(call small,1e-3),$(call constrained_number,learning_rate))
constrained_beta := $(call constrained_number,beta)
constrained_options := --config $(constrained_conf) --kl-limit $(constrained_kl) --adaptive-beta $(constrained_kl) \
	$(call small,--batch-size 8 --gradient-accumulation 1) $(tiny) $(TRAIN)
constrained_runs = $(patsubst $(constrained)/%/.lock,%,$(wildcard $(constrained)/tries/run-*/.lock))

.PHONY: constrained constrained-clean
constrained: $(constrained)/report.txt $(constrained)/report.html ## preferences within a limit, into work/constrained
	$(call table,$<)
	@echo "The adapter is in $(constrained)/tries/$$(cat $(constrained)/kept);"
	@echo "$(constrained)/report.html shows what was done to keep it near the model."

$(constrained)/model: says = $(MODEL)
$(constrained)/gap: says = $(constrained_gap)
$(constrained)/options: says = $(constrained_rate) $(constrained_beta) $(constrained_retries) $(constrained_options)
$(addprefix $(constrained)/,model gap options): always
	$(note)

$(constrained)/kept.jsonl: $(scored) $(constrained)/gap bin/dpo-filter
	bin/dpo-filter --no-conflicts --min-gap $(constrained_gap) --summary -o $@ $<

$(constrained_parts) &: $(constrained)/kept.jsonl bin/dpo-split
	bin/dpo-split -d $(@D) --ratios 60,15,25 $<

$(constrained)/tries.begun: $(constrained_parts) $(constrained)/model \
		$(weights) $(constrained)/options $(constrained_conf) bin/dpo-train
	@$(call remove_runs,$(constrained),$(constrained_runs))
	@rm -f $(constrained)/tries/run-*.jsonl && touch $@

$(constrained)/kept: $(constrained)/tries.begun pipelines/constrained.sh
	@mkdir -p $(@D)/tries
	PATH=bin:$$PATH pipelines/constrained.sh $(@D) $(MODEL) $(constrained_kl) $(constrained_rate) \
		$(constrained_beta) $(constrained_retries) $(constrained_options) $(whole)

$(constrained)/base.jsonl: $(constrained_parts) $(constrained)/model $(weights) bin/dpo-eval
	bin/dpo-eval -m $(MODEL) -o $@ $(@D)/test.jsonl

$(constrained)/trained.jsonl: $(constrained)/base.jsonl $(constrained)/kept
	bin/dpo-eval -m $(MODEL) --adapter $(@D)/tries/$$(cat $(@D)/kept) --baseline $< -o $@ $(@D)/test.jsonl

$(constrained)/report.txt $(constrained)/report.html: $(constrained)/base.jsonl $(constrained)/trained.jsonl bin/dpo-report
	$(call report,Preferences within a limit,$(@D)/tries/$$(cat $(@D)/kept))

constrained-clean: ## remove what make constrained made
	$(call remove,$(constrained),model gap options kept.jsonl $(parts) \
		tries.begun kept base.jsonl trained.jsonl report.txt report.html)
	@$(call remove,$(constrained)/tries,$(notdir $(wildcard $(constrained)/tries/run-*.jsonl)))
	@$(call remove_runs,$(constrained),$(constrained_runs))
	@rmdir $(constrained)/tries 2> /dev/null; $(call remove_place,$(constrained))
