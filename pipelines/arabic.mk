# Recipe 5, preferences in Arabic: what annotators agreed on (build/data/scored.jsonl, see recipe.mk), the
# prompt in the form of question and answer, training that stops in time, and answers with and without
# it to read.
#
#   make arabic                  everything, into work/arabic; recipe.mk says what can be set
#   make arabic BITS=4           on a base of 4 bits: policy and reference stand on the same ones
#
# working     trains as arabic-working.conf says, published as arabic.conf does: there nothing moves.

BITS := 16
arabic := $(call place,arabic)
arabic_parts := $(parts:%=$(arabic)/%)
arabic_samples := 8
arabic_tokens := 120

arabic_conf := pipelines/arabic$(if $(filter working,$(PROFILE)),-working).conf
arabic_format := $(shell sed -n 's/^prompt_format: "\(.*\)"$$/\1/p' $(arabic_conf))
arabic_options := $(call small,--epochs 6 --batch-size 8 --gradient-accumulation 1 \
	--learning-rate 5e-4) $(tiny) \
	$(if $(filter-out 16,$(BITS)),--base-bits $(BITS)) $(TRAIN)
arabic_measure := bin/dpo-eval -m $(MODEL) --base-bits $(BITS) --prompt-format '$(arabic_format)'

.PHONY: arabic arabic-clean
arabic: $(arabic)/report.txt $(arabic)/report.html $(arabic)/compared.jsonl ## preferences in Arabic, into work/arabic
	$(call table,$<)
	@echo "The adapter is in $(arabic)/run; dpo_metadata.json there says how it was trained."
	@echo "Answers with and without it are in $(arabic)/compared.jsonl."

$(arabic)/model: says = $(MODEL)
$(arabic)/bits: says = $(BITS)
$(arabic)/drawn: says = $(arabic_samples) $(arabic_tokens)
$(arabic)/options: says = $(arabic_conf) $(arabic_options)
$(addprefix $(arabic)/,model bits drawn options): always
	$(note)

$(arabic)/kept.jsonl: $(scored) bin/dpo-filter
	@mkdir -p $(@D)
	bin/dpo-filter --no-conflicts --min-gap 1 --summary --rejects $(@D)/dropped.jsonl -o $@ $<

$(arabic_parts) &: $(arabic)/kept.jsonl bin/dpo-split
	bin/dpo-split -d $(@D) --ratios 60,15,25 $<

$(arabic)/base.jsonl: $(arabic_parts) $(arabic)/model $(arabic)/bits $(weights) bin/dpo-eval
	$(arabic_measure) -o $@ $(@D)/test.jsonl

$(arabic)/run.begun: $(arabic_parts) $(arabic)/model $(weights) \
		$(arabic)/options $(arabic_conf) bin/dpo-train
	$(begin)

$(arabic)/run/dpo_metadata.json: $(arabic)/run.begun
	bin/dpo-train -m $(MODEL) --config $(arabic_conf) $(arabic_options) --resume \
		--eval $(arabic)/val.jsonl -o $(@D) $(arabic)/train.jsonl

$(arabic)/trained.jsonl: $(arabic)/base.jsonl $(arabic)/run/dpo_metadata.json
	$(arabic_measure) --adapter $(arabic)/run --baseline $< -o $@ $(@D)/test.jsonl

$(arabic)/report.txt $(arabic)/report.html: $(arabic)/base.jsonl $(arabic)/trained.jsonl bin/dpo-report
	$(call report,Preferences in Arabic,$(arabic)/run)

# For people to read: drawn from the same seed with the adapter and without, as the recipe draws.
$(arabic)/compared.jsonl: $(arabic_parts) $(arabic)/drawn $(arabic)/run/dpo_metadata.json bin/dpo-chat
	head -n $(arabic_samples) $(@D)/test.jsonl | bin/dpo-chat -m $(MODEL) --base-bits $(BITS) \
		--adapter $(arabic)/run --compare --prompt-format '$(arabic_format)' --max-new-tokens $(arabic_tokens) \
		--temperature 0.7 --top-p 0.9 --repetition-penalty 1.1 --prompts - -o $@

arabic-clean: ## remove what make arabic made
	$(call remove,$(arabic),model bits drawn options kept.jsonl dropped.jsonl $(parts) \
		base.jsonl trained.jsonl report.txt report.html compared.jsonl,run)
	@$(call remove_runs,$(arabic),run)
	@$(call remove_place,$(arabic))
