# Recipe 1, a mortgage adviser: seeds and debates in, train, val and test out, what a model sees of
# them, how well it does before it is trained, the training, how well it does then, and a GGUF file.
#
#   make pipeline                        everything, into work/mortgage
#   make pipeline WORK=DIR               somewhere else
#   make pipeline PROFILE=published      the recipe's own numbers
#   make pipeline MODEL=NAME             with that model (see dpo-tokens(1))
#
# working     splits by a hash of the question: a question is on one side only, and stays there when
#             more debates come in. Trains as mortgage-working.conf says.
# published   splits rows as the recipe does, with scikit-learn's train_test_split and seed 42. The
#             questions of a debate with several pairs then stand on two sides; dpo-split says so.
#             Trains as mortgage.conf says.
#
# The model that is taken by itself has random weights, so it scores by chance, and is trained for a
# few updates only; it shows how things go together. One that is named and has no weights only counts
# tokens.
#
# Each file is made from those before it, so a second run does nothing, and a run that was broken
# off goes on where it was: the training, too, from its last checkpoint. It begins anew when what it
# is made from has changed.

# Not from the environment: WORK means somebody's whole storage on many clusters.
WORK := work/mortgage
PROFILE := working
MODEL := build/models/tiny

mortgage_seeds := data/mortgage/seed.json
mortgage_debates := build/data/debates.db
mortgage_made := merged.jsonl kept.jsonl dropped.jsonl profile train.jsonl val.jsonl test.jsonl \
	manifest.json model lengths.jsonl base.jsonl run.begun trained.jsonl model.gguf
mortgage_split_working := --method hash
mortgage_split_published := --method sklearn
mortgage_train_working := pipelines/mortgage-working.conf
mortgage_train_published := pipelines/mortgage.conf

mortgage_weights := $(filter build/models/tiny/%,$(MODEL)/model.safetensors)
mortgage_scores := $(if $(or $(mortgage_weights),$(wildcard $(MODEL)/*.safetensors $(MODEL)/*.gguf), \
	$(if $(wildcard $(MODEL)/.),,by-name)),$(WORK)/base.jsonl $(WORK)/trained.jsonl $(WORK)/model.gguf)
mortgage_few := $(if $(mortgage_weights),--max-steps 12 --gradient-accumulation 1 --learning-rate 1e-3 \
	--warmup-steps 0 --warmup-ratio 0.1 --logging-steps 2 --eval-steps 6 --save-steps 3)

# Nothing that only has its name.
mortgage_remove_run = [ ! -e $(WORK)/run/.lock ] || rm -rf $(WORK)/run

pipeline: $(WORK)/lengths.jsonl $(mortgage_scores)
	@echo
	@echo "The pairs are in $(WORK): train.jsonl, val.jsonl, test.jsonl and manifest.json;"
	@echo "lengths.jsonl says how many tokens of $(MODEL) each pair to train on has."
	$(if $(mortgage_scores),@echo "base.jsonl says how likely it holds each answer of the test set; all in all:")
	$(if $(mortgage_scores),@tail -n 1 $(WORK)/base.jsonl)
	$(if $(mortgage_scores),@echo "run holds the adapter that was trained. trained.jsonl says the same with it:")
	$(if $(mortgage_scores),@tail -n 1 $(WORK)/trained.jsonl)
	$(if $(mortgage_scores),@echo "model.gguf is the model with the adapter folded in for llama.cpp and Ollama.")

# On a fresh clone the programs come from the build; later only a newer one counts.
bin/dpo-%: | all ;

$(WORK)/merged.jsonl: $(mortgage_seeds) $(mortgage_debates) bin/dpo-merge
	@mkdir -p $(@D)
	bin/dpo-merge --map topic=metadata.category -o $@ $(mortgage_seeds) $(mortgage_debates)

$(WORK)/kept.jsonl: $(WORK)/merged.jsonl bin/dpo-filter
	bin/dpo-filter --min-consensus 0.7 --no-special --no-placeholders --summary \
		--rejects $(WORK)/dropped.jsonl -o $@ $<

# The split depends on the profile, so a change of profile is a change of a file.
$(WORK)/profile: always
	@mkdir -p $(@D)
	@[ -n '$(mortgage_split_$(PROFILE))' ] || \
		{ echo "PROFILE is working or published, not '$(PROFILE)'" >&2; exit 2; }
	@echo '$(PROFILE)' | cmp -s - $@ || echo '$(PROFILE)' > $@

$(WORK)/manifest.json: $(WORK)/kept.jsonl $(WORK)/profile bin/dpo-split
	bin/dpo-split -d $(WORK) --seed 42 $(mortgage_split_$(PROFILE)) $<
	@touch $@

$(WORK)/model: always
	@mkdir -p $(@D)
	@echo '$(MODEL)' | cmp -s - $@ || echo '$(MODEL)' > $@

build/models/tiny/model.safetensors: $(wildcard data/tiny/*.json) pipelines/seed_model.c \
		| $(build)/pipelines/seed_model
	@mkdir -p $(@D)
	$(build)/pipelines/seed_model data/tiny/config.json --tokenizer data/tiny -o $(@D)

$(WORK)/lengths.jsonl: $(WORK)/manifest.json $(WORK)/model $(mortgage_weights) bin/dpo-tokens
	bin/dpo-tokens -m $(MODEL) --pairs --count -o $@ $(WORK)/train.jsonl

$(WORK)/base.jsonl: $(WORK)/manifest.json $(WORK)/model $(mortgage_weights) bin/dpo-eval
	bin/dpo-eval -m $(MODEL) -o $@ $(WORK)/test.jsonl

# The metadata are what a run writes last.
$(WORK)/run.begun: $(WORK)/manifest.json $(WORK)/model $(mortgage_weights) \
		$(mortgage_train_$(PROFILE)) bin/dpo-train
	@$(mortgage_remove_run)
	@touch $@

$(WORK)/run/dpo_metadata.json: $(WORK)/run.begun
	bin/dpo-train -m $(MODEL) --config $(mortgage_train_$(PROFILE)) $(mortgage_few) --resume \
		--eval $(WORK)/val.jsonl -o $(@D) $(WORK)/train.jsonl

$(WORK)/trained.jsonl: $(WORK)/run/dpo_metadata.json bin/dpo-eval
	bin/dpo-eval -m $(MODEL) --adapter $(<D) -o $@ $(WORK)/test.jsonl

# A stream that is cut ends the second program, so no half model gets the name.
$(WORK)/model.gguf: $(WORK)/run/dpo_metadata.json bin/dpo-lora-merge bin/dpo-export-gguf
	bin/dpo-lora-merge -m $(MODEL) $(<D) | bin/dpo-export-gguf --type q8_0 -o $@ -

.PHONY: pipeline-clean
pipeline-clean: ## remove what make pipeline made
	rm -f $(mortgage_made:%=$(WORK)/%)
	$(mortgage_remove_run)
	-@rmdir $(WORK) 2> /dev/null
