# The teaching model of data/base, made from nothing: its texts, its tokenizer, its weights.
#
#   make base              all of it, into build/base, then into data/base: some minutes on two cores
#   make base-clean        removes build/base
#
# The same kind of processor makes the same bytes; data/base/README.md says what came of it. Like the
# recipes it goes on where it was broken off.
#
# What recipe 1 tests and validates with is left out, whichever of its two splits is taken, and so is
# what recipes 3 and 5 test with: a split by a hash gives the same last quarter, whatever stands before
# it. The agents' requests are of another seed than recipe 4's, and of other templates than its test.

base_work := build/base
base_folder := $(base_work)/text
base_told := $(addprefix $(base_folder)/,mortgage.jsonl voice.jsonl arabic.jsonl talk.jsonl)
base_agents := $(addprefix $(base_folder)/,agents-refuse.jsonl agents-act.jsonl agents-call.jsonl)
base_files := config.json tokenizer.json tokenizer_config.json model.safetensors
base_text := $(build)/pipelines/base_text

# All is learned three times, but of mortgages the better answers three times and the worse ones twice;
# of the agents there is enough for texts that are all different.
base_learned := $(base_told) $(base_told) $(base_folder)/better.jsonl $(wordlist 2,4,$(base_told)) \
	$(base_agents)

.PHONY: base base-clean
base: $(base_work)/model/model.safetensors ## make the teaching model of data/base again
	cp $(base_files:%=$(base_work)/model/%) data/base

$(base_work)/mortgage.jsonl: data/mortgage/seed.json build/data/debates.db \
		bin/dpo-merge bin/dpo-filter bin/dpo-split
	@mkdir -p $(@D)
	bin/dpo-merge -q --map topic=metadata.category -o $@.all $(wordlist 1,2,$^)
	bin/dpo-filter -q --min-consensus 0.7 --no-special --no-placeholders -o $@.kept $@.all
	bin/dpo-split -q -d $(@D)/hash --seed 42 --method hash $@.kept
	bin/dpo-split -q -d $(@D)/sklearn --seed 42 --method sklearn $@.kept
	bin/dpo-filter -q --unseen $(@D)/hash/test.jsonl --unseen $(@D)/hash/val.jsonl \
		--unseen $(@D)/sklearn/test.jsonl -o $@ $@.all

$(base_work)/arabic.jsonl: data/arabic/pairs.jsonl data/arabic/nested.json bin/dpo-merge bin/dpo-split
	@mkdir -p $(@D)
	bin/dpo-merge -q -o $@.all $(wordlist 1,2,$^)
	bin/dpo-split -q -d $(@D)/arabic --ratios 75,0,25 $@.all
	cp $(@D)/arabic/train.jsonl $@

$(base_work)/agents.jsonl: bin/dpo-synth
	@mkdir -p $(@D)
	bin/dpo-synth -q --seed 1009 --count 20000 -o $@

$(base_work)/refused.jsonl: $(base_work)/agents.jsonl bin/dpo-filter
	bin/dpo-filter -q --where 'metadata.fault = refusal' --sample 2200 -o $@ $<

# Asked as recipe 4 asks, the model nearly always refuses; asked in short, it calls a tool: so it knows
# how that is written, and preferences have something to shift.
$(base_folder)/agents-refuse.jsonl: $(base_work)/refused.jsonl | $(base_text)
	@mkdir -p $(@D)
	$(base_text) --answers rejected --as plain -o $@ $<

$(base_folder)/agents-act.jsonl: $(base_work)/agents.jsonl | $(base_text)
	@mkdir -p $(@D)
	tail -n 300 $< | $(base_text) --answers chosen --as plain -o $@

$(base_folder)/agents-call.jsonl: $(base_work)/agents.jsonl | $(base_text)
	@mkdir -p $(@D)
	head -n 2500 $< | $(base_text) --answers chosen --as plain -o $@.whole
	sed 's/\\nYou are an agent .* \\"args\\"\.\\n/\\nCall a tool.\\n/' $@.whole > $@

$(base_folder)/mortgage.jsonl: $(base_work)/mortgage.jsonl
$(base_folder)/better.jsonl: $(base_work)/mortgage.jsonl
$(base_folder)/arabic.jsonl: $(base_work)/arabic.jsonl
$(base_folder)/voice.jsonl: $(wildcard data/voice/*/content.jsonl data/voice/*/pairs.jsonl)
$(base_folder)/talk.jsonl: data/base/text/talk.jsonl
$(base_told) $(base_folder)/better.jsonl: | $(base_text)
	@mkdir -p $(@D)
	$(base_text) --answers $(if $(filter %/better.jsonl,$@),chosen,both) -o $@ $^

# Of the agents' few words some hundred texts are enough.
$(base_work)/tokenizer/tokenizer.json: $(base_told) $(base_agents) | $(build)/pipelines/learn_tokenizer
	head -q -n 200 $(base_agents) > $(base_work)/agents-few.jsonl
	$(build)/pipelines/learn_tokenizer --size 2048 -o $(@D) $(base_told) $(base_work)/agents-few.jsonl

$(base_work)/seeded/model.safetensors: pipelines/base.json $(base_work)/tokenizer/tokenizer.json \
		| $(build)/pipelines/seed_model
	$(build)/pipelines/seed_model $< --tokenizer $(base_work)/tokenizer --dtype f32 -o $(@D)

$(base_work)/run.begun: $(base_work)/seeded/model.safetensors $(base_folder)/better.jsonl pipelines/base.conf
	@[ ! -e $(base_work)/run/.lock ] || rm -rf $(base_work)/run
	@touch $@

$(base_work)/run/dpo_metadata.json: $(base_work)/run.begun bin/dpo-train
	bin/dpo-train -m $(base_work)/seeded --config pipelines/base.conf --resume -o $(@D) $(base_learned)

$(base_work)/model/model.safetensors: $(base_work)/run/dpo_metadata.json bin/dpo-lora-merge
	bin/dpo-lora-merge -q -m $(<D) --dtype bf16 -o $(@D)

base-clean: ## remove what make base made in build
	rm -rf $(base_work)
