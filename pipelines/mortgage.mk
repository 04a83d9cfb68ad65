# Recipe 1, a mortgage adviser: seeds and debates in, train, val and test out, what a model sees of
# them, how well it does before it is trained, the training, how well it does then, whether that is a
# difference, and a GGUF file.
#
#   make pipeline                everything, into work/mortgage; recipe.mk says what can be set
#   make pipeline mortgage_type=q4_k_m   a smaller file
#   make pipeline DEPLOY=no      not to Ollama, even where one is reachable (DEPLOY=yes: it must be)
#
# working     splits by a hash of the question: a question is on one side only, and stays there when
#             more debates come in. Trains as mortgage-working.conf says.
# published   splits rows as the recipe does, with scikit-learn's train_test_split and seed 42. The
#             questions of a debate with several pairs then stand on two sides; dpo-split says so.
#             Trains as mortgage.conf says.
#
# The teaching model is so small that its rates are higher and its beta lower than those of the profile,
# a part of sft holds up what is chosen, and what it answers is not asked for.
#
# Prompts are told to the model as they stand, as the recipe does with its base. A model that was made for
# conversations wants mortgage_format=chat, or another text for --prompt-format.

DEPLOY := auto
$(call one_of,DEPLOY,auto yes no)
mortgage := $(call place,pipeline,mortgage)
mortgage_title := A mortgage adviser, before and after
mortgage_seeds := data/mortgage/seed.json
mortgage_debates := build/data/debates.db
mortgage_system := data/mortgage/system.txt
mortgage_type := q8_0
mortgage_format :=
mortgage_asks := preference,answer,consistency
mortgage_metrics := $(if $(teaching),preference,$(mortgage_asks))

mortgage_conf := pipelines/mortgage$(if $(filter working,$(PROFILE)),-working).conf
mortgage_told := $(if $(mortgage_format),--prompt-format $(call quoted,$(mortgage_format)))
mortgage_split := --method $(if $(filter working,$(PROFILE)),hash,sklearn)
mortgage_options := $(call small,--gradient-accumulation 1 --learning-rate 1e-3 --warmup-ratio 0.1 \
	--batch-size 8 --loss sigmoid+0.2*sft --beta 0.01 \
	--logging-steps 10 --eval-steps 30 --save-steps 30) $(tiny) $(mortgage_told) $(TRAIN)

mortgage_parts := $(parts:%=$(mortgage)/%)
mortgage_before := $(mortgage)/base.jsonl
mortgage_after := $(mortgage)/trained.jsonl

# The teaching model is no adviser: it gets a name of its own, and no one expects an answer of it.
mortgage_deploy := bin/dpo-deploy $(mortgage)/model.gguf --system @$(mortgage_system) \
	--parameter temperature=0.7 --parameter top_p=0.9 --parameter top_k=40 --parameter repeat_penalty=1.1 \
	--name mortgage-advisor:$(if $(teaching),teaching,v1.0 --tag prod --expect 'no|not|wait|keep' \
	--smoke 'A client holds a 30-year loan at 4.5%. Should they refinance at 6.5%?')

# What is sent, by which command and where; a word of the command may name a file, as one behind --config.
mortgage_sent := $(addprefix $(mortgage)/,model.gguf deploy) bin/dpo-deploy \
	$(wildcard $(patsubst @%,%,$(mortgage_deploy)))

# Once for each of these; what changes while it is sent is sent the next time. dpo-deploy greets the server
# before it does anything, and says 'no answer' where none is.
mortgage_send = [ -e $(mortgage)/deployed ] && \
	[ -z "$$(find $(sort $(mortgage_sent)) -newer $(mortgage)/deployed)" ] || { \
	touch $(mortgage)/deployed.part; if said=$$($(mortgage_deploy) 2>&1); \
	then mv $(mortgage)/deployed.part $(mortgage)/deployed && printf '%s\n' "$$said"; \
	elif [ $(DEPLOY) = auto ] && printf '%s' "$$said" | grep -q 'no answer'; \
	then echo 'No Ollama is reachable. Where one is, this finishes the job:' && printf '%s\n' "$$finish"; \
	else printf '%s\n' "$$said" >&2; exit 1; fi; }
pipeline: export finish = $(mortgage_deploy)

mortgage_sends := $(filter-out no,$(DEPLOY))
pipeline: $(addprefix $(mortgage)/,lengths.jsonl report.txt report.html model.gguf) $(if $(mortgage_sends),$(mortgage_sent))
	@echo
	@echo "The pairs are in $(mortgage): train.jsonl, val.jsonl, test.jsonl and manifest.json;"
	@echo "lengths.jsonl says how many tokens of $(MODEL) each pair to train on has."
	$(call table,$(mortgage)/report.txt)
	@echo "The adapter is in $(mortgage)/run; $(mortgage)/report.html shows it all."
	@echo "model.gguf is the model with the adapter folded in for llama.cpp and Ollama."
	$(if $(mortgage_sends),@$(mortgage_send))

$(mortgage)/inputs: says = $(mortgage_seeds) $(mortgage_debates)
$(mortgage)/split: says = $(mortgage_split)
$(mortgage)/model: says = $(MODEL) $(mortgage_told)
$(mortgage)/metrics: says = $(mortgage_metrics) $(mortgage_told)
$(mortgage)/type: says = $(mortgage_type)
$(mortgage)/options: says = $(mortgage_conf) $(mortgage_options)
$(mortgage)/deploy: says = $(mortgage_deploy) $(OLLAMA_HOST)
$(addprefix $(mortgage)/,inputs split model metrics type options deploy): always
	$(note)

$(mortgage)/merged.jsonl: $(mortgage)/inputs $(mortgage_seeds) $(mortgage_debates) bin/dpo-merge
	bin/dpo-merge --map topic=metadata.category -o $@ $(mortgage_seeds) $(mortgage_debates)

$(mortgage)/kept.jsonl: $(mortgage)/merged.jsonl bin/dpo-filter
	bin/dpo-filter --min-consensus 0.7 --no-special --no-placeholders --summary \
		--rejects $(@D)/dropped.jsonl -o $@ $<

$(mortgage_parts) &: $(mortgage)/kept.jsonl $(mortgage)/split bin/dpo-split
	bin/dpo-split -d $(@D) --seed 42 $(mortgage_split) $<

$(mortgage)/lengths.jsonl: $(mortgage_parts) $(mortgage)/model $(weights) bin/dpo-tokens
	bin/dpo-tokens -m $(MODEL) $(mortgage_told) --pairs --count -o $@ $(@D)/train.jsonl

$(mortgage_before): $(mortgage_parts) $(mortgage)/model $(mortgage)/metrics $(weights) bin/dpo-eval
	bin/dpo-eval -m $(MODEL) --metrics $(mortgage_metrics) $(mortgage_told) -o $@ $(@D)/test.jsonl

$(mortgage)/run.begun: $(mortgage_parts) $(mortgage)/model $(weights) \
		$(mortgage)/options $(mortgage_conf) bin/dpo-train
	$(begin)

$(mortgage)/run/dpo_metadata.json: $(mortgage)/run.begun
	bin/dpo-train -m $(MODEL) --config $(mortgage_conf) $(mortgage_options) --resume \
		--eval $(mortgage)/val.jsonl -o $(@D) $(mortgage)/train.jsonl

$(mortgage_after): $(mortgage_before) $(mortgage)/run/dpo_metadata.json
	bin/dpo-eval -m $(MODEL) --adapter $(mortgage)/run --metrics $(mortgage_metrics) $(mortgage_told) --baseline $< \
		-o $@ $(@D)/test.jsonl

$(mortgage)/report.txt $(mortgage)/report.html: $(mortgage_before) $(mortgage_after) bin/dpo-report
	$(call report,$(mortgage_title),$(mortgage)/run)

# A stream that is cut ends the second program, so no half model gets the name.
$(mortgage)/model.gguf: $(mortgage)/run/dpo_metadata.json $(mortgage)/type bin/dpo-lora-merge bin/dpo-export-gguf
	bin/dpo-lora-merge -m $(MODEL) --dtype f32 $(<D) | bin/dpo-export-gguf --type $(mortgage_type) -o $@ -

.PHONY: pipeline-clean
pipeline-clean: ## remove what make pipeline made
	$(call remove,$(mortgage),merged.jsonl kept.jsonl dropped.jsonl inputs split model metrics type options deploy \
		$(parts) lengths.jsonl base.jsonl trained.jsonl \
		report.txt report.html model.gguf model.Modelfile deployed,run)
	@$(call remove_runs,$(mortgage),run)
	@$(call remove_place,$(mortgage))
