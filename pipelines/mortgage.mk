# Recipe 1, a mortgage adviser: seeds and debates in, train, val and test out, and what a model sees
# of them.
#
#   make pipeline                        everything, into work/mortgage
#   make pipeline WORK=DIR               somewhere else
#   make pipeline PROFILE=published      the recipe's own numbers
#   make pipeline MODEL=DIR              as that model counts tokens (see dpo-tokens(1))
#
# working     splits by a hash of the question: a question is on one side only, and stays there when
#             more debates come in.
# published   splits rows as the recipe does, with scikit-learn's train_test_split and seed 42. The
#             questions of a debate with several pairs then stand on two sides; dpo-split says so.
#
# Each file is made from those before it, so a second run does nothing, and a run that was broken
# off goes on where it was.

# Not from the environment: WORK means somebody's whole storage on many clusters.
WORK := work/mortgage
PROFILE := working
MODEL := data/tiny

mortgage_seeds := data/mortgage/seed.json
mortgage_debates := build/data/debates.db
mortgage_made := merged.jsonl kept.jsonl dropped.jsonl profile train.jsonl val.jsonl test.jsonl \
	manifest.json model lengths.jsonl
mortgage_split_working := --method hash
mortgage_split_published := --method sklearn

pipeline: $(WORK)/lengths.jsonl
	@echo
	@echo "The pairs are in $(WORK): train.jsonl, val.jsonl, test.jsonl and manifest.json;"
	@echo "lengths.jsonl says how many tokens of $(MODEL) each pair to train on has."

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

$(WORK)/lengths.jsonl: $(WORK)/manifest.json $(WORK)/model bin/dpo-tokens
	bin/dpo-tokens -m $(MODEL) --pairs --count -o $@ $(WORK)/train.jsonl

.PHONY: pipeline-clean
pipeline-clean: ## remove what make pipeline made
	rm -f $(mortgage_made:%=$(WORK)/%)
	-@rmdir $(WORK) 2> /dev/null
